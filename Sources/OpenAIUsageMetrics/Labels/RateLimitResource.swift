/// The resource that a rate limit applies to, as the `resource` label.
enum RateLimitResource: UInt8, Sendable, CaseIterable {
    case requests
    case tokens
    case projectTokens
    case images
    case inputImages
    case other

    init(_ resource: String) {
        self =
            switch resource {
            case "requests": .requests
            case "tokens": .tokens
            case "project-tokens": .projectTokens
            case "images": .images
            case "input-images": .inputImages
            default: .other
            }
    }

    /// The value of the label.
    var label: String {
        switch self {
        case .requests: "requests"
        case .tokens: "tokens"
        case .projectTokens: "project_tokens"
        case .images: "images"
        case .inputImages: "input_images"
        case .other: "other"
        }
    }
}
