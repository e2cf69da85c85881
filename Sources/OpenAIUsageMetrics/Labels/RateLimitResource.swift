/// What a rate limit counts, as the `resource` label names it.
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

    /// The label's value.
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
