import AsyncHTTPClient

/// How often a request's body can be read, and how long it is.
///
/// AsyncHTTPClient keeps both to itself, so they are looked up by reflection. What is not found there is sent unseen.
enum BodyKind {
    /// Reading it changes nothing.
    case bytes
    /// It can be read once.
    case stream(HTTPClientRequest.Body.Length)
    case unknown

    init(of body: HTTPClientRequest.Body) {
        guard let mode = Mirror(reflecting: body).descendant("mode"),
            let content = Mirror(reflecting: mode).children.first
        else {
            self = .unknown
            return
        }
        switch content.label {
        case "byteBuffer", "sequence": self = .bytes
        case "asyncSequence":
            guard let length = Mirror(reflecting: content.value).descendant("length") else {
                self = .unknown
                return
            }
            if let count = Mirror(reflecting: length).children.first?.value as? Int64 {
                self = .stream(.known(count))
            } else if String(describing: length) == "unknown" {
                self = .stream(.unknown)
            } else {
                self = .unknown
            }
        default: self = .unknown
        }
    }
}
