/// A parser of the bytes that a terminal sends for keys.
struct KeyParser {
    /// A key.
    enum Key: Equatable {
        case character(Character)
        case escape
        /// A key without a meaning here, such as an arrow.
        case other
    }

    private var pending: [UInt8] = []

    /// True if an escape byte has arrived that is either a key or the start of a sequence.
    var isUndecided: Bool { !pending.isEmpty }

    /// Returns the keys that are complete.
    mutating func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let first = pending.first {
            if first == 0x1b {
                guard let length = sequenceLength else { break }
                keys.append(length == 1 ? .escape : .other)
                pending.removeFirst(length)
            } else {
                pending.removeFirst()
                keys.append(first < 0x80 ? .character(Character(Unicode.Scalar(first))) : .other)
            }
        }
        // A sequence without an end must not be buffered forever.
        if pending.count > 64 { pending = [] }
        return keys
    }

    /// Returns the key of an escape byte after which nothing has arrived for some time.
    mutating func timeout() -> [Key] {
        defer { pending = [] }
        return pending.isEmpty ? [] : pending.count == 1 ? [.escape] : [.other]
    }

    /// The length of the sequence at the start; `nil` if it is not complete.
    private var sequenceLength: Int? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "["):
            return pending.dropFirst(2).firstIndex { 0x40...0x7e ~= $0 }.map { $0 + 1 }
        case UInt8(ascii: "O"): return pending.count > 2 ? 3 : nil
        // A second escape is a key of its own.
        case 0x1b: return 1
        default: return 2
        }
    }
}
