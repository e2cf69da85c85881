/// Strips what `include_usage` adds to a chat stream, for a client that did not request it.
///
/// It removes the extra chunk with the usage and without a choice (`"choices":[]`, or no such member at all), and the
/// member `"usage":null` of the others. No other byte is changed: lines, comments and blanks stay, including the
/// comments of a removed chunk. Bytes are output when their event is complete, which is when a client can read it; of
/// an event longer than ``maximumHeldLength`` all but a short tail is output at once, and it is never removed as a
/// whole.
package struct UsageStripper: Sendable {
    private enum Field: UInt16 {
        case choices = 1
        case choice, usage, object, error
    }

    /// The bytes to be removed after a first member that was removed.
    private enum Removal: UInt8, Sendable {
        case nothing, comma, blanks
    }

    private static let selection = JSONSelection(
        .init(members: [
            ("choices", .init(field: Field.choices.rawValue, elements: .init(field: Field.choice.rawValue))),
            ("usage", .init(field: Field.usage.rawValue)), ("object", .init(field: Field.object.rawValue)),
            ("error", .init(field: Field.error.rawValue)),
        ])
    )

    /// The most bytes of an event that are buffered until it is complete.
    package static let maximumHeldLength = 64 * 1024
    /// The longest member, with the blanks and line ends around it, that is found and removed.
    static let tailLength = 256
    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

    private let maximumLength: Int
    private var parser = ServerSentEventParser()
    private var scanner = JSONScanner(Self.selection)
    private var held: [UInt8] = []
    /// The ranges of the data in `held`, line by line; for long events, only those that may still be removed.
    private var runs: [Range<Int>] = []
    /// The number of received bytes of the event.
    private var length = 0
    private var isFirst = true
    private var hasData = false
    private var hasChoices = false
    private var hasChoice = false
    private var hasUsage = false
    /// True if the event names its kind of object, as a chunk does.
    private var isChunk = false
    private var hasError = false
    private var hasLeft = false
    private var removal = Removal.nothing
    /// After a carriage return at the end of the bytes: true if a following line feed stays.
    private var keepsLineFeed: Bool?

    /// True if anything was removed.
    package private(set) var isChanged = false

    /// Creates a stripper at the start of a stream.
    package init() {
        self.init(maximumHeldLength: Self.maximumHeldLength)
    }

    init(maximumHeldLength: Int) {
        maximumLength = max(maximumHeldLength, Self.tailLength)
    }

    /// Reads bytes of the stream and appends those that may be forwarded.
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
            case .dataLine: beginLine()
            case .data(let range):
                hold(bytes, &copied, range.lowerBound)
                scan(bytes, range, &copied)
            case .nameLine, .name, .errorLine, .error: break
            case .dispatch:
                hold(bytes, &copied, position)
                let isExtra = isExtraChunk && scanner.isComplete
                if isExtra { removeEvent() }
                if bytes[position - 1] == 0x0d {
                    // The line feed of a CRLF belongs to its event; the parser skips it later.
                    if position == bytes.count {
                        keepsLineFeed = !isExtra
                    } else if bytes[position] == 0x0a {
                        if isExtra { copied = position + 1 } else { hold(bytes, &copied, position + 1) }
                    }
                }
                output.append(contentsOf: held)
                beginEvent()
            }
        }
    }

    /// Ends the stream and appends the buffered bytes.
    package mutating func finish(into output: inout [UInt8]) {
        // A truncated extra chunk is an addition all the same.
        if isExtraChunk { removeEvent() }
        output.append(contentsOf: held)
        beginEvent()
    }

    /// True if the event so far is the extra chunk.
    private var isExtraChunk: Bool {
        hasData && length <= maximumLength && hasUsage && !hasChoice && (hasChoices || (isChunk && !hasError))
            && !scanner.isInvalid
    }

    private mutating func beginEvent() {
        held.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        length = 0
        isFirst = false
        hasData = false
        hasLeft = false
    }

    private mutating func beginLine() {
        if removal == .blanks { removal = .nothing }
        if hasData {
            feedLineFeed()
            return
        }
        hasData = true
        hasChoices = false
        hasChoice = false
        hasUsage = false
        isChunk = false
        hasError = false
        removal = .nothing
        scanner.reset()
    }

    private mutating func feedLineFeed() {
        withUnsafePointer(to: UInt8(0x0a)) {
            var position = 0
            // A number ends here at the latest.
            let event = scanner.next(in: UnsafeBufferPointer(start: $0, count: 1), at: &position)
            _ = take(event)
        }
    }

    private mutating func hold(_ bytes: UnsafeBufferPointer<UInt8>, _ copied: inout Int, _ end: Int) {
        guard end > copied else { return }
        held.append(contentsOf: bytes[copied..<end])
        length += end - copied
        copied = end
    }

    private mutating func holdData(_ bytes: UnsafeBufferPointer<UInt8>, _ copied: inout Int, _ end: Int) {
        let start = held.count
        hold(bytes, &copied, end)
        guard held.count > start else { return }
        // The ends and the field names of lines separate their data.
        if let last = runs.last, last.upperBound == start {
            runs[runs.count - 1] = last.lowerBound..<held.count
        } else {
            runs.append(start..<held.count)
        }
        if runs.count > Self.tailLength {
            let first = held.count - Self.tailLength
            runs.removeAll { $0.upperBound < first }
        }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ copied: inout Int) {
        let data = UnsafeBufferPointer(rebasing: bytes[range])
        var position = 0
        while true {
            let start = position
            let event = scanner.next(in: data, at: &position)
            if removal != .nothing {
                remove(bytes, range.lowerBound + start..<range.lowerBound + position, &copied)
            }
            switch event {
            case .exhausted, .invalid:
                holdData(bytes, &copied, range.upperBound)
                return
            default:
                guard take(event) else { continue }
                holdData(bytes, &copied, range.lowerBound + position)
                removeMember()
            }
        }
    }

    /// Handles an event of the scanner; true if it is the `null` of a usage.
    private mutating func take(_ event: JSONScanner.Event) -> Bool {
        switch (event, Field(rawValue: scanner.field)) {
        case (.exhausted, _), (.invalid, _), (_, nil): break
        case (.string, .object): isChunk = true
        case (_, .object), (.null, .error): break
        case (_, .error): hasError = true
        case (.arrayEnd, .choices): hasChoices = true
        case (_, .choices):
            hasChoices = false
            hasChoice = false
        case (.arrayEnd, .choice), (.objectEnd, .choice): break
        case (_, .choice): hasChoice = true
        case (.objectStart, .usage): hasUsage = true
        case (.objectEnd, .usage): break
        case (let event, .usage):
            hasUsage = false
            return event == .null
        }
        return false
    }

    /// Removes the member `"usage":null`, which is buffered up to its end.
    private mutating func removeMember() {
        guard let (start, isFirst) = startOfMember() else { return }
        if isFirst { removal = .comma }
        // The text between the lines of data stays.
        while let run = runs.popLast() {
            let first = max(start, run.lowerBound)
            held.removeSubrange(first..<run.upperBound)
            if first > run.lowerBound { runs.append(run.lowerBound..<first) }
            if run.lowerBound <= start { break }
        }
        isChanged = true
    }

    /// The start of the member that is buffered up to its end, including the comma before it if there is one.
    private func startOfMember() -> (start: Int, isFirst: Bool)? {
        guard var place = Place(in: held, runs), place.skip(4), place.skipBlanks(), place.skip(UInt8(ascii: ":")),
            place.skipBlanks(), place.skip(UInt8(ascii: "\"")), place.skipName()
        else { return nil }
        let start = place.offset
        guard place.skipBlanks() else { return nil }
        if place.skip(UInt8(ascii: ",")) { return (place.offset, false) }
        return place.byte == UInt8(ascii: "{") ? (start, true) : nil
    }

    /// Removes the comma after a first member that was removed, and the blanks after the comma.
    private mutating func remove(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ copied: inout Int) {
        for index in range {
            let byte = bytes[index]
            let isBlank = byte == 0x20 || byte == 0x09
            switch removal {
            case .comma where isBlank: continue
            case .comma where byte == UInt8(ascii: ","): removal = .blanks
            case .blanks where isBlank: break
            default:
                removal = .nothing
                return
            }
            holdData(bytes, &copied, index)
            length += 1
            copied = index + 1
        }
    }

    /// Removes the event from the buffer, except for comments and a byte-order mark at the start of the stream.
    private mutating func removeEvent() {
        isChanged = true
        var kept: [UInt8] = []
        var lines = held[...]
        if isFirst, lines.starts(with: Self.mark) {
            kept += Self.mark
            lines = lines.dropFirst(Self.mark.count)
        }
        while let first = lines.first {
            var end = lines.firstIndex { $0 == 0x0a || $0 == 0x0d } ?? lines.endIndex
            if end < lines.endIndex, lines[end] == 0x0d { end += 1 }
            if end < lines.endIndex, lines[end] == 0x0a { end += 1 }
            if first == UInt8(ascii: ":") { kept += lines[..<end] }
            lines = lines[end...]
        }
        held = kept
    }

    private mutating func release(into output: inout [UInt8]) {
        guard held.count > maximumLength || (hasLeft && held.count > Self.tailLength) else { return }
        let count = held.count - Self.tailLength
        output.append(contentsOf: held[..<count])
        held.removeFirst(count)
        runs = runs.compactMap { run in
            run.upperBound > count ? max(0, run.lowerBound - count)..<run.upperBound - count : nil
        }
        hasLeft = true
    }
}

extension UsageStripper {
    /// A position in the buffered data that moves backwards across lines.
    private struct Place {
        private let held: [UInt8]
        private let runs: [Range<Int>]
        private let first: Int
        private var run: Int
        private(set) var offset: Int

        /// Creates a position at the end of the data; `nil` if there is none.
        init?(in held: [UInt8], _ runs: [Range<Int>]) {
            guard let last = runs.last else { return nil }
            self.held = held
            self.runs = runs
            first = max(0, held.count - UsageStripper.tailLength)
            run = runs.count - 1
            offset = last.upperBound
        }

        /// The byte before the position; `nil` at the start of a line and of the range in which bytes may be removed.
        var byte: UInt8? { offset > max(runs[run].lowerBound, first) ? held[offset - 1] : nil }

        mutating func skip(_ count: Int) -> Bool {
            for _ in 0..<count {
                guard byte != nil else { return false }
                offset -= 1
            }
            return true
        }

        mutating func skip(_ expected: UInt8) -> Bool { byte == expected && skip(1) }

        /// Moves over a name and the quote before it; no spelling of the name contains a quote.
        mutating func skipName() -> Bool {
            while let byte {
                offset -= 1
                if byte == UInt8(ascii: "\"") { return true }
            }
            return false
        }

        /// Moves over blanks and line ends; false at the start of the data.
        mutating func skipBlanks() -> Bool {
            while true {
                if let byte {
                    guard byte == 0x20 || byte == 0x09 else { return true }
                    offset -= 1
                } else {
                    guard run > 0, runs[run - 1].upperBound > first else { return false }
                    run -= 1
                    offset = runs[run].upperBound
                }
            }
        }
    }
}
