/// An incremental scanner of JSON (RFC 8259) that reports the values of a ``JSONSelection``.
///
/// It may be fed cut at any byte and holds no more than one selected name or value: strings past
/// ``maximumValueLength`` are cut, verbatim text past ``maximumVerbatimLength`` is dropped. The whole grammar is
/// checked, what is skipped too; only the UTF-8 inside strings is not. Nesting deeper than ``maximumDepth`` is invalid.
package struct JSONScanner: Sendable {
    /// What was met.
    package enum Event: UInt8, Sendable {
        /// A selected string; its decoded text is in ``JSONScanner/value``.
        case string
        /// A selected number; its text is in ``JSONScanner/value``.
        case number
        /// A selected `true`.
        case `true`
        /// A selected `false`.
        case `false`
        /// A selected `null`.
        case null
        /// The start of a selected object.
        case objectStart
        /// The end of a selected object.
        case objectEnd
        /// The start of a selected array.
        case arrayStart
        /// The end of a selected array.
        case arrayEnd
        /// All bytes given are scanned.
        case exhausted
        /// The bytes are not JSON.
        case invalid
    }

    enum State: UInt8, Sendable {
        case value, arrayStart, objectStart, nextKey, colon, afterValue
        case string, escape, unicode
        case number, literal
        case done, invalid
    }

    enum NumberState: UInt8, Sendable {
        case minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits

        var isComplete: Bool {
            switch self {
            case .zero, .integer, .fraction, .exponentDigits: true
            case .minus, .point, .exponent, .exponentSign: false
            }
        }
    }

    /// The deepest nesting that is accepted.
    package static let maximumDepth = 1024
    /// The longest string or number that is reported in full, in bytes.
    package static let maximumValueLength = 512
    /// The longest verbatim text that is collected, in bytes.
    package static let maximumVerbatimLength = 16 * 1024
    static let trackedDepth = 16

    let selection: JSONSelection
    var state = State.value
    var depth = 0
    /// One bit per level: whether it is an object.
    var kinds: [UInt64]
    /// The selected entry per level; deeper levels are never selected.
    var path: [Int32]
    /// The entry of the value that comes next or is being read.
    var entry: Int32 = 1

    var isKey = false
    var isCapturing = false
    var isTruncated = false
    var hasContent = false
    /// The scalars of the text of a presence-only string.
    var scalars: Int64 = 0
    var unicodeDigits = 0
    var unicodeValue: UInt32 = 0
    var highSurrogate: UInt32 = 0
    var numberState = NumberState.minus
    var literal: StaticString = ""
    var literalPosition = 0
    var scratch: [UInt8] = []

    var verbatimDepth = -1
    var verbatimBuffer: [UInt8] = []
    var isVerbatimDropped = false

    /// The field of the event that was met last.
    package private(set) var field: UInt16 = 0

    /// Creates a scanner at the start of a document.
    package init(_ selection: JSONSelection) {
        self.selection = selection
        kinds = Array(repeating: 0, count: Self.maximumDepth / 64)
        path = Array(repeating: 0, count: Self.trackedDepth)
    }

    /// Goes back to the start of a document.
    package mutating func reset() {
        state = .value
        depth = 0
        entry = 1
        isKey = false
        isCapturing = false
        highSurrogate = 0
        verbatimDepth = -1
    }

    /// Whether a whole document was scanned.
    package var isComplete: Bool { state == .done || (state == .number && depth == 0 && numberState.isComplete) }
    /// Whether the bytes are not JSON.
    package var isInvalid: Bool { state == .invalid }
    /// Whether nothing but blanks was scanned.
    package var isEmpty: Bool { state == .value && depth == 0 }
    /// How deep the scan is nested.
    package var nesting: Int { depth }
    /// Whether the string that was met last has any text; told of presence-only strings too.
    package var isNonEmpty: Bool { hasContent }
    /// How many Unicode scalars the presence-only string that was met last has.
    package var scalarCount: Int64 { scalars }
    /// Whether the value that was met last is longer than ``maximumValueLength``.
    package var isValueTruncated: Bool { isTruncated }

    /// The decoded text of the value that was met last.
    package var value: String { String(decoding: scratch, as: UTF8.self) }
    /// The bytes of the value that was met last.
    package var valueBytes: [UInt8] { scratch }

    /// The verbatim text that was collected last; `nil` if it was too long or is not UTF-8.
    package var verbatim: String? {
        isVerbatimDropped ? nil : String(validating: verbatimBuffer, as: UTF8.self)
    }

    /// Scans on from the position until something selected is met or the bytes are used up.
    ///
    /// - Parameters:
    ///   - bytes: The bytes; the same until ``Event/exhausted`` is returned.
    ///   - position: Where to go on; moved past what was scanned.
    /// - Returns: What was met.
    package mutating func next(in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Event {
        guard let base = bytes.baseAddress else { return state == .invalid ? .invalid : .exhausted }
        let start = position
        let event = scan(base, bytes.count, &position, verbatimStart: start)
        return event
    }

    private mutating func scan(
        _ base: UnsafePointer<UInt8>,
        _ count: Int,
        _ position: inout Int,
        verbatimStart: Int
    ) -> Event {
        var copied = verbatimStart
        var index = position
        defer { position = index }
        while index < count {
            switch state {
            case .string:
                index = skipString(base, index, count)
                guard index < count else { break }
                if let event = stringByte(base[index]) {
                    index += 1
                    if event == .invalid { return fail() }
                    collect(base, &copied, index)
                    return event
                }
                index += 1

            case .escape:
                guard escapeByte(base[index]) else { return fail() }
                index += 1

            case .unicode:
                guard unicodeByte(base[index]) else { return fail() }
                index += 1

            case .number:
                if numberByte(base[index]) {
                    index += 1
                    continue
                }
                guard numberState.isComplete else { return fail() }
                state = depth == 0 ? .done : .afterValue
                if isCapturing {
                    isCapturing = false
                    collect(base, &copied, index)
                    return .number
                }

            case .literal:
                let expected = literal.utf8Start[literalPosition]
                guard base[index] == expected else { return fail() }
                index += 1
                literalPosition += 1
                if literalPosition == literal.utf8CodeUnitCount {
                    state = depth == 0 ? .done : .afterValue
                    let entry = selection.entries[Int(entry)]
                    if entry.field != 0 {
                        field = entry.field
                        collect(base, &copied, index)
                        return expected == UInt8(ascii: "l") ? .null : literal.utf8CodeUnitCount == 4 ? .true : .false
                    }
                }

            default:
                let byte = base[index]
                if byte <= 0x20 {
                    guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return fail() }
                    index += 1
                    continue
                }
                let wasCollecting = verbatimDepth >= 0
                if !wasCollecting { copied = index }
                index += 1
                let event = structure(byte, base, &index, count)
                if event == .exhausted { continue }
                if event == .invalid { return fail() }
                collect(base, &copied, index)
                if verbatimDepth >= 0, depth < verbatimDepth { verbatimDepth = -1 }
                return event
            }
        }
        collect(base, &copied, index)
        return .exhausted
    }

    /// Takes one byte of structure; `.exhausted` means that nothing selected was met.
    @inline(__always)
    private mutating func structure(
        _ byte: UInt8,
        _ base: UnsafePointer<UInt8>,
        _ index: inout Int,
        _ count: Int
    ) -> Event {
        switch state {
        case .colon:
            guard byte == UInt8(ascii: ":") else { return .invalid }
            state = .value
            return .exhausted
        case .nextKey, .objectStart:
            if byte == UInt8(ascii: "\"") {
                beginKey(base, &index, count)
                return .exhausted
            }
            guard byte == UInt8(ascii: "}"), state == .objectStart else { return .invalid }
            return close(isObject: true)
        case .afterValue:
            switch byte {
            case UInt8(ascii: ","):
                if isObject(depth - 1) {
                    state = .nextKey
                } else {
                    state = .value
                    entry = elementEntry
                }
                return .exhausted
            case UInt8(ascii: "}"): return isObject(depth - 1) ? close(isObject: true) : .invalid
            case UInt8(ascii: "]"): return isObject(depth - 1) ? .invalid : close(isObject: false)
            default: return .invalid
            }
        case .arrayStart where byte == UInt8(ascii: "]"):
            return close(isObject: false)
        case .value, .arrayStart:
            return beginValue(byte)
        default:
            return .invalid
        }
    }

    @inline(__always)
    private mutating func beginValue(_ byte: UInt8) -> Event {
        switch byte {
        case UInt8(ascii: "\""):
            let selected = selection.entries[Int(entry)]
            isKey = false
            isTruncated = false
            hasContent = false
            scalars = 0
            isCapturing = selected.field != 0
            if isCapturing {
                field = selected.field
                scratch.removeAll(keepingCapacity: true)
            }
            state = .string
            return .exhausted
        case UInt8(ascii: "{"): return open(isObject: true)
        case UInt8(ascii: "["): return open(isObject: false)
        case UInt8(ascii: "t"): return beginLiteral("true")
        case UInt8(ascii: "f"): return beginLiteral("false")
        case UInt8(ascii: "n"): return beginLiteral("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let selected = selection.entries[Int(entry)]
            isCapturing = selected.field != 0
            if isCapturing {
                field = selected.field
                scratch.removeAll(keepingCapacity: true)
                scratch.append(byte)
                isTruncated = false
            }
            numberState = byte == UInt8(ascii: "-") ? .minus : byte == UInt8(ascii: "0") ? .zero : .integer
            state = .number
            return .exhausted
        default: return .invalid
        }
    }

    private mutating func beginLiteral(_ text: StaticString) -> Event {
        literal = text
        literalPosition = 1
        state = .literal
        return .exhausted
    }

    private mutating func open(isObject: Bool) -> Event {
        guard depth < Self.maximumDepth else { return .invalid }
        let word = depth >> 6
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if isObject { kinds[word] |= bit } else { kinds[word] &= ~bit }
        if depth < Self.trackedDepth { path[depth] = entry }
        let selected = selection.entries[Int(entry)]
        depth += 1
        state = isObject ? .objectStart : .arrayStart
        if selected.isVerbatim, verbatimDepth < 0 {
            verbatimDepth = depth
            verbatimBuffer.removeAll(keepingCapacity: true)
            isVerbatimDropped = false
        }
        entry = isObject ? 0 : elementEntry
        guard selected.field != 0 else { return .exhausted }
        field = selected.field
        return isObject ? .objectStart : .arrayStart
    }

    private mutating func close(isObject: Bool) -> Event {
        depth -= 1
        state = depth == 0 ? .done : .afterValue
        guard depth < Self.trackedDepth else { return .exhausted }
        let closed = selection.entries[Int(path[depth])].field
        guard closed != 0 else { return .exhausted }
        field = closed
        return isObject ? .objectEnd : .arrayEnd
    }

    @inline(__always)
    private func isObject(_ level: Int) -> Bool {
        kinds[level >> 6] & (1 << UInt64(level & 63)) != 0
    }

    /// The entry of the elements of the innermost container, which is an array.
    @inline(__always)
    private var elementEntry: Int32 {
        depth <= Self.trackedDepth ? selection.entries[Int(path[depth - 1])].element : 0
    }

    @inline(__always)
    private var parentEntry: Int32 {
        depth <= Self.trackedDepth ? path[depth - 1] : 0
    }

    /// Reads a name at once if it stands whole and plain in the bytes; else begins to collect it.
    @inline(__always)
    private mutating func beginKey(_ base: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) {
        let parent = parentEntry
        let isSelected = selection.entries[Int(parent)].memberCount != 0
        let end = JSONText.endOfPlainText(base, index, count)
        if end < count, base[end] == UInt8(ascii: "\"") {
            entry = isSelected ? selection.entry(of: parent, named: base + index, length: end - index) : 0
            index = end + 1
            state = .colon
            return
        }
        isKey = true
        isTruncated = false
        hasContent = false
        isCapturing = isSelected
        entry = 0
        scratch.removeAll(keepingCapacity: true)
        state = .string
    }

    /// Ends a name that was collected.
    mutating func endKey() {
        if isCapturing, !isTruncated {
            let parent = parentEntry
            entry = scratch.withUnsafeBufferPointer { name in
                guard let base = name.baseAddress, name.count <= JSONSelection.maximumNameLength else { return 0 }
                return selection.entry(of: parent, named: base, length: name.count)
            }
        }
        isCapturing = false
        state = .colon
    }

    private mutating func fail() -> Event {
        state = .invalid
        return .invalid
    }

    /// Copies what was scanned since the last copy into the verbatim text, if one is being collected.
    @inline(__always)
    private mutating func collect(_ base: UnsafePointer<UInt8>, _ copied: inout Int, _ end: Int) {
        guard verbatimDepth >= 0 else { return }
        let length = end - copied
        if verbatimBuffer.count + length > Self.maximumVerbatimLength {
            isVerbatimDropped = true
            verbatimBuffer.removeAll(keepingCapacity: true)
        } else if !isVerbatimDropped {
            verbatimBuffer.append(contentsOf: UnsafeBufferPointer(start: base + copied, count: length))
        }
        copied = end
    }
}
