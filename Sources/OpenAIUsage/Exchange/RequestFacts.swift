/// What a request's body says and the response may not repeat.
struct RequestFacts: Sendable {
    var model: String?
    var serviceTier: String?
    var completionWindow: String?
    var asksForStream = false
    var asksForUsage = false
    var count: Int64?
    var size: String?
    var quality: String?
    var inputScalars: Int64?
    var memory: String?

    /// Takes a part of a form.
    mutating func take(part name: String, _ value: String) {
        switch name {
        case "model": model = value
        case "service_tier": serviceTier = value
        case "stream": asksForStream = value == "true" || value == "1"
        case "n": count = JSONNumber.integer(value.utf8)
        case "size": size = value
        case "quality": quality = value
        default: break
        }
    }
}
