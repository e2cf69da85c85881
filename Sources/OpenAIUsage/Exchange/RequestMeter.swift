/// Reads from a request's body what the response does not repeat, while it streams by.
struct RequestMeter: Sendable {
    private enum Field: UInt16 {
        case model = 1
        case stream, serviceTier, includeUsage, completionWindow, count, size, quality, input, memory
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
            ("n", .init(field: Field.count.rawValue)),
            ("size", .init(field: Field.size.rawValue)),
            ("quality", .init(field: Field.quality.rawValue)),
            ("input", .init(field: Field.input.rawValue, isPresenceOnly: true)),
            ("memory_limit", .init(field: Field.memory.rawValue)),
        ])
    )

    private enum Reader: Sendable {
        case json(JSONScanner)
        case form(MultipartScanner)
        case none
    }

    private var reader: Reader
    private(set) var facts = RequestFacts()

    /// - Parameter contentType: The request's media type; without it, JSON is expected.
    init(contentType: String?) {
        guard let contentType else {
            reader = .json(JSONScanner(Self.selection))
            return
        }
        if contentType.lowercased().contains("json") {
            reader = .json(JSONScanner(Self.selection))
        } else if let boundary = MultipartScanner.boundary(of: contentType) {
            reader = .form(MultipartScanner(boundary: boundary))
        } else {
            reader = .none
        }
    }

    /// Reads bytes of the body.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        switch reader {
        case .none: return
        case .json(var scanner):
            // Taken out and put back, so that the scanner's buffers are not copied.
            reader = .none
            scan(bytes, &scanner)
            reader = .json(scanner)
        case .form(var scanner):
            reader = .none
            scanner.scan(bytes) { facts.take(part: $0, $1) }
            reader = .form(scanner)
        }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ scanner: inout JSONScanner) {
        guard !scanner.isInvalid else { return }
        var position = 0
        while true {
            let event = scanner.next(in: bytes, at: &position)
            switch event {
            case .exhausted, .invalid: return
            case .string: takeString(scanner)
            case .true, .false:
                switch Field(rawValue: scanner.field) {
                case .stream: facts.asksForStream = event == .true
                case .includeUsage: facts.asksForUsage = event == .true
                default: break
                }
            case .null:
                if scanner.field == Field.stream.rawValue { facts.asksForStream = false }
            case .number:
                if scanner.field == Field.count.rawValue { facts.count = JSONNumber.integer(scanner.valueBytes) }
            default: break
            }
        }
    }

    private mutating func takeString(_ scanner: borrowing JSONScanner) {
        if scanner.field == Field.input.rawValue {
            facts.inputScalars = scanner.scalarCount
            return
        }
        guard !scanner.isValueTruncated else { return }
        switch Field(rawValue: scanner.field) {
        case .model: facts.model = scanner.value
        case .serviceTier: facts.serviceTier = scanner.value
        case .completionWindow: facts.completionWindow = scanner.value
        case .size: facts.size = scanner.value
        case .quality: facts.quality = scanner.value
        case .memory: facts.memory = scanner.value
        default: break
        }
    }
}
