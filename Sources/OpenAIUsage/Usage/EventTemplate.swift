import CByteScan

/// What the documents of a stream have in common, and how a scan stands behind it.
///
/// The events of a stream are the same text over and over: ids, the model, names of members, with a few values that
/// differ. An outline is the text of one document with a mark before every such value. A later document is compared with
/// it, from one mark to the next; where it differs, the scan goes on from the mark before. It is learnt from what follows
/// on each other, one mark at a time.
struct EventTemplate: Sendable {
    /// A place in the outline, and what the facts are there as far as they change behind the first mark.
    struct Mark: Sendable {
        /// Where the place is in the text.
        var start: Int
        /// Where the value that begins there ends; the start if what stands there must be the same.
        var end: Int
        var place: JSONScanner.Place
        var hasContent: Bool
        var usagePresence: ParsedEvent.Presence
        var errorPresence: ParsedEvent.Presence
        /// Whether the value may be a number too, not only a string.
        var mayBeNumber = false

        /// Whether a value that may differ begins there.
        @inline(__always)
        var isValue: Bool { end > start }

        /// The end of the string or number that begins at a position of a document, if it stands there whole.
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

    /// How far a document agrees.
    struct Agreement {
        /// The number of the marks that were passed.
        var passed = 0
        /// Where the last of them is in the document; 0 without one.
        var position = 0
        /// Where the text begins that is compared last.
        var start = 0
        /// Where it begins to differ.
        var difference = 0
        /// Where the outline ends in the document, if it goes so far.
        var end: Int?
    }

    /// The longest document that is remembered; of a longer one, so much of its start.
    static let maximumLength = 1_024
    /// The most marks before the end.
    static let maximumCount = 8
    /// How much text a mark must spare to be worth it.
    static let minimumLength = 16

    private var text: [UInt8] = []
    private var marks: [Mark] = []
    private var end: Mark?

    var isEmpty: Bool { marks.isEmpty }
    /// Whether a document may be the outline to its end.
    var isFinished: Bool { end != nil }
    /// How much of a document leads to the first mark.
    var firstStart: Int { marks.first?.start ?? 0 }

    /// Hands on so much of the text.
    func withText(_ length: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    /// How many bytes are those of the text from a place in it up to the first mark.
    func commonLength(from start: Int, with bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        return text.withUnsafeBufferPointer { text in
            text.baseAddress.map { cbytescan_common_length($0 + start, base, min(bytes.count, firstStart - start)) }
                ?? 0
        }
    }

    var firstMark: Mark? { marks.first }

    /// The mark behind the whole document.
    func mark(of agreement: Agreement) -> Mark? { agreement.end == nil ? nil : end }

    /// The last mark that was passed; `nil` if none was.
    func passedMark(of agreement: Agreement) -> Mark? {
        agreement.passed > 0 ? marks[agreement.passed - 1] : nil
    }

    /// Compares a document with the outline.
    ///
    /// - Parameters:
    ///   - bytes: The document, or as much of it as is there.
    ///   - skipsValues: Whether values may be passed over that are not the outline's.
    /// - Returns: How far they agree.
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
                        // Nothing can be learnt there.
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

    /// Where a mark could be added: behind the last mark of structure in what a document agrees in; `nil` if it is not worth
    /// it.
    func newMark(_ agreement: Agreement, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        // What agrees up to where the bytes are cut says nothing of what comes.
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

    /// Makes a document the outline's text, with the marks that it has passed.
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

    /// Adds a mark behind the last one, or in its stead if that one stands before no value.
    mutating func add(_ mark: Mark) {
        guard mark.start < text.count, mark.end <= text.count else { return }
        if let last = marks.last, !last.isValue { marks.removeLast() }
        marks.append(mark)
    }

    /// Sets how a scan stands at the end of the text.
    mutating func finish(_ mark: Mark) {
        if mark.start == text.count { end = mark }
    }

    /// Forgets all marks.
    mutating func removeMarks() {
        marks.removeAll(keepingCapacity: true)
        end = nil
    }
}
