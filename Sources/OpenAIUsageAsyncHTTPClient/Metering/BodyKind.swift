import AsyncHTTPClient

/// The replayability and the length of a request's body.
///
/// AsyncHTTPClient exposes neither, so this uses reflection. A body that it does not recognize is sent without being metered.
enum BodyKind {
    /// The body can be read any number of times.
    case bytes
    /// The body can be read once.
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
