/// Reads the facts of a request's body that the response does not repeat, while the body streams by.
struct RequestReader: ~Copyable {
    private enum Field: UInt16 {
        case model = 1
        case stream, serviceTier, completionWindow, input
        case background, includeUsage, count, size, quality, outputFormat, responseFormat, streamFormat, seconds, memory
        case cacheMode, cacheLifetime, cachePrewarm, cacheRetention
        case outputLimit, bestOf, prompt, reference, search, partType, toolType

        var option: ParsedRequest.Option? {
            switch self {
            case .model, .stream, .serviceTier, .completionWindow, .input, .outputLimit, .bestOf, .prompt, .reference,
                .search, .partType, .toolType:
                nil
            case .background: .background
            case .includeUsage: .includeUsage
            case .count: .count
            case .size: .size
            case .quality: .quality
            case .outputFormat: .outputFormat
            case .responseFormat: .responseFormat
            case .streamFormat: .streamFormat
            case .seconds: .seconds
            case .memory: .memory
            case .cacheMode: .cacheMode
            case .cacheLifetime: .cacheLifetime
            case .cachePrewarm: .cachePrewarm
            case .cacheRetention: .cacheRetention
            }
        }
    }

    private static let selection: JSONSelection = {
        func node(_ field: Field) -> JSONSelection.Node { .init(field: field.rawValue) }
        let part = JSONSelection.Node(members: [("type", node(.partType)), ("file_id", node(.reference))])
        let message = JSONSelection.Node(members: [
            ("content", .init(elements: part)), ("type", node(.partType)), ("audio", node(.reference)),
        ])
        return JSONSelection(
            .init(members: [
                ("model", node(.model)), ("stream", node(.stream)), ("service_tier", node(.serviceTier)),
                ("stream_options", .init(members: [("include_usage", node(.includeUsage))])),
                ("background", node(.background)),
                ("background_options", .init(members: [("completion_window", node(.completionWindow))])),
                (
                    "prompt_cache_options",
                    .init(members: [
                        ("mode", node(.cacheMode)), ("ttl", node(.cacheLifetime)), ("prewarm", node(.cachePrewarm)),
                    ])
                ),
                ("prompt_cache_retention", node(.cacheRetention)),
                ("n", node(.count)), ("size", node(.size)), ("quality", node(.quality)),
                ("output_format", node(.outputFormat)), ("response_format", node(.responseFormat)),
                ("stream_format", node(.streamFormat)), ("seconds", node(.seconds)), ("memory_limit", node(.memory)),
                ("input", .init(field: Field.input.rawValue, elements: message, isPresenceOnly: true)),
                ("messages", .init(elements: message)),
                ("max_tokens", node(.outputLimit)), ("max_completion_tokens", node(.outputLimit)),
                ("max_output_tokens", node(.outputLimit)),
                ("previous_response_id", node(.reference)), ("conversation", node(.reference)),
                // A stored prompt, or several prompts, each with its own answers.
                (
                    "prompt",
                    .init(field: Field.prompt.rawValue, members: [("id", node(.reference))], isPresenceOnly: true)
                ),
                ("web_search_options", node(.search)), ("data_sources", node(.reference)),
                ("plugins", node(.reference)),
                ("best_of", node(.bestOf)),
                ("tools", .init(elements: .init(members: [("type", node(.toolType))]))),
            ])
        )
    }()

    /// The parts of an input whose bytes do not bound their tokens, since they may be URLs or identities.
    private static let references: Set<String> = [
        "image_url", "input_image", "file", "input_file", "input_audio", "video_url", "item_reference",
    ]
    /// The tools whose results the caller sends itself.
    private static let ownTools: Set<String> = ["function", "custom", "local_shell", "apply_patch", "computer"]

    /// The scanner of a JSON body.
    private var scanner: JSONScanner?
    /// The scanner of a form.
    private var form: MultipartScanner?
    private var inflater: Inflater?
    private(set) var facts = ParsedRequest()

    /// - Parameters:
    ///   - contentType: The request's media type; JSON is expected if it is `nil`.
    ///   - contentEncoding: The request's content coding.
    init(contentType: String?, contentEncoding: String?) {
        // Nearly all are JSON, and searching a string is slow.
        if let contentType, contentType != "application/json", !contentType.lowercased().contains("json") {
            form = MultipartScanner.boundary(of: contentType).map { MultipartScanner(boundary: $0) }
        } else {
            scanner = JSONScanner(Self.selection)
        }
        switch Inflater.Coding.reading(contentEncoding) {
        case .identity: break
        case .coded(let coding): inflater = Inflater(coding)
        case .unknown: giveUp()
        }
    }

    /// Reads bytes of the body as sent, including the content coding.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard inflater != nil else {
            read(bytes)
            return
        }
        var decoder = inflater.take()
        let isSound = decoder?.inflate(bytes) { read($0) } ?? false
        inflater = decoder
        if !isSound { giveUp() }
    }

    /// Stops reading a body that cannot be decoded.
    private mutating func giveUp() {
        scanner = nil
        form = nil
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        facts.length += Int64(bytes.count)
        if var scanner = scanner.take() {
            // Taken out and put back, so that its buffers are not copied.
            scan(bytes, &scanner)
            self.scanner = scanner
        } else {
            form?.scan(bytes) { facts.take(part: $0, $1) }
        }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ scanner: inout JSONScanner) {
        var position = 0
        while true {
            let event = scanner.next(in: bytes, at: &position)
            if event == .exhausted || event == .invalid { return }
            guard let field = Field(rawValue: scanner.field) else { continue }
            switch event {
            case .string: take(field, scanner, bytes)
            case .true, .false:
                if field == .stream { facts.asksForStream = event == .true }
                if let option = field.option { facts.set(option, literal: event == .true ? "true" : "false") }
            case .null:
                if field == .stream { facts.asksForStream = false }
                if let option = field.option { facts.set(option, literal: nil) }
            case .objectStart where field == .search:
                facts.asksForSearch = true
                facts.set(.inputByReference, literal: "true")
            case .objectStart where field == .reference, .arrayStart where field == .reference:
                facts.set(.inputByReference, literal: "true")
            case .arrayStart where field == .prompt: facts.set(.inputByReference, literal: "true")
            case .number where field == .bestOf:
                facts.bestOf = scanner.withValue(in: bytes) { JSONNumber.rounded($0) } ?? 1
            case .number where field == .outputLimit:
                let limit = scanner.withValue(in: bytes) { JSONNumber.rounded($0) }
                if let limit, limit >= 0 { facts.outputLimit = limit }
            case .number:
                guard let option = field.option, !scanner.isValueTruncated else { break }
                facts.set(option, literal: scanner.withValue(in: bytes) { JSONNumber.integer($0) }.map { String($0) })
            default: break
            }
        }
    }

    private mutating func take(_ field: Field, _ scanner: borrowing JSONScanner, _ bytes: UnsafeBufferPointer<UInt8>) {
        if field == .input {
            facts.inputScalars = scanner.scalarCount
            return
        }
        if field == .reference { facts.set(.inputByReference, literal: "true") }
        guard !scanner.isValueTruncated else { return }
        switch field {
        case .partType:
            let type = scanner.value(in: bytes)
            if Self.references.contains(type) { facts.set(.inputByReference, literal: "true") }
        case .toolType:
            let type = scanner.value(in: bytes)
            if !Self.ownTools.contains(type) { facts.set(.inputByReference, literal: "true") }
            if type.hasPrefix("web_search") { facts.asksForSearch = true }
        case .model: facts.model = scanner.value(in: bytes)
        case .serviceTier: facts.serviceTier = scanner.value(in: bytes)
        case .completionWindow: facts.completionWindow = scanner.value(in: bytes)
        default:
            if let option = field.option { facts.set(option, word: scanner.value(in: bytes)) }
        }
    }
}
