/// Reads from a request's JSON body what the response does not repeat.
struct RequestMeter: Sendable {
    private enum Field: UInt16 {
        case model = 1
        case stream, serviceTier, includeUsage, completionWindow
    }

    private static let selection = JSONSelection(
        .init(members: [
            ("model", .init(field: Field.model.rawValue)),
            ("stream", .init(field: Field.stream.rawValue)),
            ("service_tier", .init(field: Field.serviceTier.rawValue)),
            ("stream_options", .init(members: [("include_usage", .init(field: Field.includeUsage.rawValue))])),
            (
                "background_options",
                .init(members: [("completion_window", .init(field: Field.completionWindow.rawValue))])
            ),
        ])
    )

    private var scanner = JSONScanner(Self.selection)
    private(set) var model: String?
    private(set) var serviceTier: String?
    private(set) var completionWindow: String?
    private(set) var asksForStream = false
    private(set) var asksForUsage = false

    /// Reads bytes of the body.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !scanner.isInvalid else { return }
        var position = 0
        while true {
            let event = scanner.next(in: bytes, at: &position)
            switch event {
            case .exhausted, .invalid: return
            case .string where !scanner.isValueTruncated:
                switch Field(rawValue: scanner.field) {
                case .model: model = scanner.value
                case .serviceTier: serviceTier = scanner.value
                case .completionWindow: completionWindow = scanner.value
                default: break
                }
            case .true, .false:
                switch Field(rawValue: scanner.field) {
                case .stream: asksForStream = event == .true
                case .includeUsage: asksForUsage = event == .true
                default: break
                }
            default: break
            }
        }
    }
}
