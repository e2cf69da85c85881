/// Asks for usage in the JSON body of a streaming request that does not ask itself.
///
/// The body may arrive in any pieces. Nothing but the option is changed: `"stream_options":{"include_usage":true}` is
/// added before the closing brace, or the option inside the `stream_options` that are there, or its value if it is
/// `false` or `null`. The output lags behind the input by a few bytes until the end. What is not a JSON object is not
/// changed, nor are values of types that the API does not know, which it answers with an error.
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

    /// How far the output stays behind: the longest text that is replaced, `false`.
    private static let lag = 5

    private var scanner = JSONScanner(Self.selection)
    private var held: [UInt8] = []
    private var asksForStream = false
    private var hasOptions = false
    private var hasOption = false
    /// Whether the scan stands in options that have no member yet.
    private var isInEmptyOptions = false

    /// Whether the body was changed: the response then bears what its client did not ask for.
    package private(set) var isChanged = false

    /// The model that the body names.
    package private(set) var model: String?

    /// Whether all that came is a JSON object that asks for a stream.
    ///
    /// Options are changed before that is known: any other body is better sent as it came, where that is still possible.
    package var isStreamRequest: Bool { asksForStream && scanner.isComplete }

    /// Creates a rewriter at the start of a body.
    package init() {}

    /// Takes bytes of the body and appends what may leave already.
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
                // Of a body that may not be a stream the options stay, and are added behind them if it is one.
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

    /// Takes the end of the body and appends what was held back.
    package mutating func finish(into output: inout [UInt8]) {
        output.append(contentsOf: held)
        held = []
    }

    /// Puts a text in the place of the last bytes before a position.
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
