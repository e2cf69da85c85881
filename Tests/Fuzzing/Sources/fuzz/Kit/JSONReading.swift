import OpenAIUsage

/// What a scan of a whole document met, for comparisons.
struct JSONReading: Equatable {
    struct Item: Equatable {
        var event: JSONScanner.Event
        var field: UInt16
        var text = ""
        var isTruncated = false
        var verbatim: String?
    }

    var items: [Item] = []
    var isValid = false
    var isInvalid = false

    /// Scans a document that is cut at the given positions.
    init(_ bytes: [UInt8], cuts: [Int] = [], selection: JSONSelection) {
        var scanner = JSONScanner(selection)
        self.init(bytes, cuts: cuts, scanner: &scanner)
    }

    /// Scans on with a scanner that may have scanned other documents before.
    init(_ bytes: [UInt8], cuts: [Int] = [], scanner: inout JSONScanner) {
        var start = 0
        for cut in cuts + [bytes.count] where cut > start && cut <= bytes.count {
            feed(bytes[start..<cut], to: &scanner)
            start = cut
        }
        isInvalid = scanner.isInvalid
        isValid = scanner.isComplete && !scanner.isInvalid
    }

    private mutating func feed(_ bytes: ArraySlice<UInt8>, to scanner: inout JSONScanner) {
        // A copy, so that a sanitizer knows where the piece ends.
        Array(bytes).withUnsafeBufferPointer { buffer in
            var position = 0
            while true {
                let event = scanner.next(in: buffer, at: &position)
                switch event {
                case .exhausted, .invalid:
                    return
                case .string, .number:
                    items.append(
                        Item(
                            event: event,
                            field: scanner.field,
                            text: scanner.value(in: buffer),
                            isTruncated: scanner.isValueTruncated
                        )
                    )
                case .objectEnd, .arrayEnd:
                    items.append(Item(event: event, field: scanner.field, verbatim: scanner.verbatim(in: buffer)))
                case .true, .false, .null, .objectStart, .arrayStart:
                    items.append(Item(event: event, field: scanner.field))
                }
            }
        }
    }

    /// Scans a document whole, byte by byte and at every single cut; `nil` if the readings differ.
    static func atEveryCut(_ bytes: [UInt8], selection: JSONSelection) -> JSONReading? {
        let whole = JSONReading(bytes, selection: selection)
        guard JSONReading(bytes, cuts: Array(0..<bytes.count), selection: selection) == whole else { return nil }
        for cut in 1..<max(2, bytes.count)
        where JSONReading(bytes, cuts: [cut], selection: selection) != whole {
            return nil
        }
        return whole
    }

    /// The texts of a field's strings and numbers.
    func texts(_ field: UInt16) -> [String] {
        items.filter { $0.field == field && ($0.event == .string || $0.event == .number) }.map(\.text)
    }
}
