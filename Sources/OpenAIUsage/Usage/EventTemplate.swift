import CByteScan

/// The text that the documents of a stream have in common, and the state of a scan at places in it.
///
/// The events of a stream repeat the same text: ids, the model and the names of members, with a few values that differ.
/// A template is the text of one document with a mark before every such value. A later document is compared with it
/// from mark to mark; where it differs, the scan resumes at the last mark. A template is learned from consecutive
/// documents, one mark at a time.
struct EventTemplate: Sendable {
    /// A place in the template, with the facts at that place that change after the first mark.
    struct Mark: Sendable {
        /// The offset of the place in the text.
        var start: Int
        /// The end of the value that begins at the place; the start if the text there must be the same.
        var end: Int
        var place: JSONScanner.Place
        var hasContent: Bool
        var usagePresence: ParsedEvent.Presence
        var errorPresence: ParsedEvent.Presence
        /// True if the value may also be a number, not only a string.
        var mayBeNumber = false

        /// True if a value that may differ begins at the place.
        @inline(__always)
        var isValue: Bool { end > start }

        /// The end of the string or number that begins at a position of a document; `nil` if it is not there in full.
        @inline(__always)
        func endOfValue(_ base: UnsafePointer<UInt8>, _ position: Int, _ count: Int) -> Int? {
            guard position < count else { return nil }
            if base[position] == UInt8(ascii: "\"") {
                let end = ByteSearch.endOfText(base, position &+ 1, count)
                return end < count && base[end] == UInt8(ascii: "\"") ? end &+ 1 : nil
            }
            guard mayBeNumber else { return nil }
            let end = cbytescan_end_of_number(base, position, count)
            return end > position ? end : nil
        }
    }

    /// The extent to which a document matches the template.
    struct Agreement {
        /// The number of marks that were passed.
        var passed = 0
        /// The position of the last of them in the document; 0 without one.
        var position = 0
        /// The position at which the text begins that was compared last.
        var start = 0
        /// The position of its first difference.
        var difference = 0
        /// The position in the document at which the template ends, if it matches that far.
        var end: Int?
    }

    /// The length in bytes up to which a document is stored.
    static let maximumLength = 1_024
    /// The most marks before the end.
    static let maximumCount = 8
    /// The number of bytes that a mark must save to be worth it.
    static let minimumLength = 16

    private var text: [UInt8] = []
    private var marks: [Mark] = []
    private var end: Mark?

    var isEmpty: Bool { marks.isEmpty }
    /// True if a document can match the template to its end.
    var isFinished: Bool { end != nil }
    /// The length of the text before the first mark.
    var firstStart: Int { marks.first?.start ?? 0 }

    /// Calls a closure with the start of the text.
    func withText(_ length: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    /// The number of bytes that equal the text from an offset in it up to the first mark.
    func commonLength(from start: Int, with bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        return text.withUnsafeBufferPointer { text in
            text.baseAddress.map { cbytescan_common_length($0 + start, base, min(bytes.count, firstStart - start)) }
                ?? 0
        }
    }

    var firstMark: Mark? { marks.first }

    /// The mark at the end of the document; `nil` if it does not match to its end.
    func mark(of agreement: Agreement) -> Mark? { agreement.end == nil ? nil : end }

    /// The last mark that was passed; `nil` if none was.
    func passedMark(of agreement: Agreement) -> Mark? {
        agreement.passed > 0 ? marks[agreement.passed - 1] : nil
    }

    /// Compares a document with the template.
    ///
    /// - Parameters:
    ///   - bytes: The document, or as much of it as has arrived.
    ///   - skipsValues: True to skip values that differ from the template's.
    /// - Returns: The extent to which they match.
    func agreement(with bytes: UnsafeBufferPointer<UInt8>, skipsValues: Bool) -> Agreement {
        var agreement = Agreement()
        guard let base = bytes.baseAddress else { return agreement }
        text.withUnsafeBufferPointer { text in
            marks.withUnsafeBufferPointer { marks in
                guard let textBase = text.baseAddress else { return }
                var textPosition = 0
                var position = 0
                for index in 0...marks.count {
                    let isLast = index == marks.count
                    let length = (isLast ? text.count : marks[index].start) &- textPosition
                    let limit = min(length, bytes.count &- position)
                    let common = cbytescan_common_length(textBase + textPosition, base + position, limit)
                    agreement.start = position
                    agreement.difference = position &+ common
                    if isLast {
                        if common == length, isFinished { agreement.end = position &+ length }
                        return
                    }
                    guard common == length else { return }
                    position &+= length
                    agreement.passed = index &+ 1
                    agreement.position = position
                    textPosition = marks[index].end
                    guard marks[index].isValue else { continue }
                    guard skipsValues, let end = marks[index].endOfValue(base, position, bytes.count) else {
                        // Nothing can be learned there.
                        agreement.start = position
                        agreement.difference = position
                        return
                    }
                    position = end
                }
            }
        }
        return agreement
    }

    /// The offset of a new mark: after the last structural character of the matching text; `nil` if it is not worth it.
    func newMark(_ agreement: Agreement, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        // A match up to where the bytes are cut does not predict what follows.
        guard agreement.passed < Self.maximumCount, agreement.difference < bytes.count else { return nil }
        var position = agreement.difference
        let least = agreement.start + (agreement.passed == 0 ? Self.minimumLength : 1)
        while position >= least {
            switch bytes[position - 1] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "["): return position
            default: position -= 1
            }
        }
        return nil
    }

    /// Makes a document the template's text, with the marks that it has passed.
    mutating func learn(_ bytes: UnsafeBufferPointer<UInt8>, _ agreement: Agreement) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: bytes.prefix(Self.maximumLength))
        end = nil
        marks.removeLast(marks.count - agreement.passed)
        guard let base = bytes.baseAddress else { return }
        var position = 0
        var textPosition = 0
        for index in marks.indices {
            position += marks[index].start - textPosition
            textPosition = marks[index].end
            let end = marks[index].isValue ? marks[index].endOfValue(base, position, bytes.count) : position
            guard let end, end <= text.count else {
                marks.removeLast(marks.count - index)
                return
            }
            marks[index].start = position
            marks[index].end = end
            position = end
        }
    }

    /// Adds a mark after the last one, or in its place if no value begins at that one.
    mutating func add(_ mark: Mark) {
        guard mark.start < text.count, mark.end <= text.count else { return }
        if let last = marks.last, !last.isValue { marks.removeLast() }
        marks.append(mark)
    }

    /// Stores the state of a scan at the end of the text.
    mutating func finish(_ mark: Mark) {
        if mark.start == text.count { end = mark }
    }

    /// Removes all marks.
    mutating func removeMarks() {
        marks.removeAll(keepingCapacity: true)
        end = nil
    }
}
