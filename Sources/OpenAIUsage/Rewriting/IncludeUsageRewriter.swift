/// Adds the usage option to the JSON body of a streaming request that lacks it.
///
/// The body may arrive in any pieces. Nothing but the option is changed: `"stream_options":{"include_usage":true}` is
/// added before the closing brace, or the option to existing `stream_options`, or its value is replaced if it is
/// `false` or `null`. The output lags behind the input by a few bytes until the end. A body that is not a JSON object
/// is not changed, nor are values of types that the API rejects.
package struct IncludeUsageRewriter: Sendable {
    private enum Field: UInt16 {
        case root = 1
        case stream, options, includeUsage, model
    }

    private static let selection = JSONSelection(
        .init(
            field: Field.root.rawValue,
            members: [
                ("stream", .init(field: Field.stream.rawValue)), ("model", .init(field: Field.model.rawValue)),
                (
                    "stream_options",
                    .init(
                        field: Field.options.rawValue,
                        members: [("include_usage", .init(field: Field.includeUsage.rawValue))]
                    )
                ),
            ]
        )
    )

    /// The number of bytes by which the output lags: the length of the longest text that is replaced, `false`.
    private static let lag = 5

    private var scanner = JSONScanner(Self.selection)
    private var held: [UInt8] = []
    private var asksForStream = false
    private var hasOptions = false
    private var hasOption = false
    /// True inside options that have no member so far.
    private var isInEmptyOptions = false

    /// True if the body was changed, so that the response contains what its client did not request.
    package private(set) var isChanged = false

    /// The model in the body; `nil` if there is none so far.
    package private(set) var model: String?

    /// True if the bytes so far are a complete JSON object that asks for a stream.
    ///
    /// Options are changed before that is known: where it is still possible, any other body should be sent as it came.
    package var isStreamRequest: Bool { asksForStream && scanner.isComplete }

    /// Creates a rewriter at the start of a body.
    package init() {}

    /// Reads bytes of the body and appends those that may be sent.
    package mutating func rewrite(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        let first = output.count
        output.append(contentsOf: held)
        var copied = 0
        var position = 0
        scanning: while true {
            let start = position
            let event = scanner.next(in: bytes, at: &position)
            if isInEmptyOptions { isInEmptyOptions = !bytes[start..<position].contains(UInt8(ascii: "\"")) }
            switch (event, Field(rawValue: scanner.field)) {
            case (.exhausted, _), (.invalid, _): break scanning
            case (_, .stream): asksForStream = event == .true
            case (.string, .model): model = scanner.isValueTruncated ? nil : scanner.value(in: bytes)
            case (_, .model): break
            case (.objectStart, .options):
                hasOptions = true
                hasOption = false
                isInEmptyOptions = true
            case (.false, .includeUsage):
                hasOption = true
                replace(last: 5, by: "true ", bytes, &copied, position, &output)
            case (.null, .includeUsage):
                hasOption = true
                replace(last: 4, by: "true", bytes, &copied, position, &output)
            case (_, .includeUsage): hasOption = true
            case (.objectEnd, .options):
                guard !hasOption else { break }
                hasOption = true
                let text: StaticString =
                    isInEmptyOptions ? "\"include_usage\":true}" : ",\"include_usage\":true}"
                isInEmptyOptions = false
                replace(last: 1, by: text, bytes, &copied, position, &output)
            case (.null, .options):
                // In a body that may not be a stream the options stay, and others are added after them if it is one.
                hasOptions = asksForStream
                guard asksForStream else { break }
                replace(last: 4, by: "{\"include_usage\":true}", bytes, &copied, position, &output)
            case (_, .options): hasOptions = true
            case (.objectEnd, .root):
                guard asksForStream, !hasOptions else { break }
                replace(
                    last: 1,
                    by: ",\"stream_options\":{\"include_usage\":true}}",
                    bytes,
                    &copied,
                    position,
                    &output
                )
            default: break
            }
        }
        output.append(contentsOf: bytes[copied...])
        let count = min(Self.lag, output.count - first)
        held = Array(output.suffix(count))
        output.removeLast(count)
    }

    /// Ends the body and appends the buffered bytes.
    package mutating func finish(into output: inout [UInt8]) {
        output.append(contentsOf: held)
        held = []
    }

    /// Replaces the last bytes before a position by a text.
    private mutating func replace(
        last count: Int,
        by text: StaticString,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ copied: inout Int,
        _ position: Int,
        _ output: inout [UInt8]
    ) {
        isChanged = true
        output.append(contentsOf: bytes[copied..<position])
        copied = position
        output.removeLast(count)
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }
}
