/// Takes out of a chat stream what `include_usage` has put in, for a client that did not ask for it.
///
/// That is the extra chunk with `"choices":[]` and the usage, and the member `"usage":null` of the others. No other byte
/// is touched. Bytes leave when their event is complete, which is when a client can read it; of an event longer than
/// ``maximumHeldLength`` all but a short tail leaves at once.
package struct UsageStripper: Sendable {
    private enum Field: UInt16 {
        case choices = 1
        case choice, usage
    }

    private static let selection = JSONSelection(
        .init(members: [
            ("choices", .init(field: Field.choices.rawValue, elements: .init(field: Field.choice.rawValue))),
            ("usage", .init(field: Field.usage.rawValue)),
        ])
    )

    /// The most bytes of an event that are held until it is complete.
    package static let maximumHeldLength = 64 * 1024
    private static let tailLength = 256

    private var parser = ServerSentEventParser()
    private var scanner = JSONScanner(Self.selection)
    private var held: [UInt8] = []
    private var hasData = false
    private var hasChoices = false
    private var hasChoice = false
    private var hasUsage = false
    private var hasLeft = false
    private var removesComma = false
    /// After a carriage return at the end of the bytes: whether a line feed that follows stays.
    private var keepsLineFeed: Bool?

    /// Whether anything was taken out.
    package private(set) var isChanged = false

    /// Creates a stripper at the start of a stream.
    package init() {}

    /// Takes bytes of the stream and appends what may leave already.
    package mutating func strip(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        var position = 0
        var copied = 0
        if let keepsLineFeed, let first = bytes.first {
            self.keepsLineFeed = nil
            if first == 0x0a {
                if keepsLineFeed { output.append(first) }
                copied = 1
            }
        }
        while true {
            switch parser.next(in: bytes, at: &position) {
            case .exhausted:
                hold(bytes, &copied, position)
                release(into: &output)
                return
            case .dataLine:
                if hasData { feedLineFeed() } else { beginData() }
            case .data(let range):
                scan(bytes, range, &copied)
            case .nameLine, .name: break
            case .dispatch:
                let isExtra = isExtraChunk
                var end = position
                if bytes[position - 1] == 0x0d {
                    // The line feed of a CRLF belongs to its event; the parser passes over it later.
                    if position == bytes.count { keepsLineFeed = !isExtra } else if bytes[position] == 0x0a { end += 1 }
                }
                hold(bytes, &copied, end)
                if isExtra {
                    isChanged = true
                    held.removeAll(keepingCapacity: true)
                }
                output.append(contentsOf: held)
                held.removeAll(keepingCapacity: true)
                hasData = false
                hasLeft = false
            }
        }
    }

    /// Takes the end of the stream and appends what is held.
    package mutating func finish(into output: inout [UInt8]) {
        if isExtraChunk {
            isChanged = true
        } else {
            output.append(contentsOf: held)
        }
        held = []
    }

    private var isExtraChunk: Bool {
        hasData && !hasLeft && scanner.isComplete && hasUsage && hasChoices && !hasChoice
    }

    private mutating func beginData() {
        hasData = true
        hasChoices = false
        hasChoice = false
        hasUsage = false
        removesComma = false
        scanner.reset()
    }

    private mutating func feedLineFeed() {
        var position = 0
        withUnsafePointer(to: UInt8(0x0a)) {
            _ = scanner.next(in: UnsafeBufferPointer(start: $0, count: 1), at: &position)
        }
    }

    private mutating func hold(_ bytes: UnsafeBufferPointer<UInt8>, _ copied: inout Int, _ end: Int) {
        guard end > copied else { return }
        held.append(contentsOf: bytes[copied..<end])
        copied = end
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ copied: inout Int) {
        let data = UnsafeBufferPointer(rebasing: bytes[range])
        var position = 0
        while true {
            let start = position
            let event = scanner.next(in: data, at: &position)
            if removesComma { removeComma(bytes, range.lowerBound + start, range.lowerBound + position, &copied) }
            switch (event, Field(rawValue: scanner.field)) {
            case (.exhausted, _), (.invalid, _): return
            case (.arrayStart, .choices):
                hasChoices = true
                hasChoice = false
            case (.arrayEnd, .choices), (.arrayEnd, .choice), (.objectEnd, _): break
            case (_, .choice): hasChoice = true
            case (.objectStart, .usage): hasUsage = true
            case (.null, .usage):
                hasUsage = false
                hold(bytes, &copied, range.lowerBound + position)
                removeMember()
            default: break
            }
        }
    }

    /// Takes the member `"usage":null`, which is held up to its end, out of what is held.
    private mutating func removeMember() {
        var index = held.count - 4
        func skipBlanks() {
            while index > 0, held[index - 1] == 0x20 || held[index - 1] == 0x09 { index -= 1 }
        }
        func skip(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard index >= count else { return false }
            for offset in 0..<count where held[index - count + offset] != text.utf8Start[offset] { return false }
            index -= count
            return true
        }
        skipBlanks()
        guard skip(":") else { return }
        skipBlanks()
        guard skip("\"usage\"") else { return }
        let nameStart = index
        skipBlanks()
        if skip(",") {
            held.removeSubrange(index...)
        } else if index > 0, held[index - 1] == UInt8(ascii: "{") {
            held.removeSubrange(nameStart...)
            removesComma = true
        } else {
            return
        }
        isChanged = true
    }

    /// Takes out the comma, and the blanks behind it, that followed a first member that was taken out.
    private mutating func removeComma(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ start: Int,
        _ end: Int,
        _ copied: inout Int
    ) {
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: ",") || byte == 0x20 || byte == 0x09 {
                index += 1
                continue
            }
            removesComma = false
            break
        }
        copied = max(copied, index)
    }

    private mutating func release(into output: inout [UInt8]) {
        guard held.count > Self.maximumHeldLength || (hasLeft && held.count > Self.tailLength) else { return }
        let count = held.count - Self.tailLength
        output.append(contentsOf: held[..<count])
        held.removeFirst(count)
        hasLeft = true
    }
}
