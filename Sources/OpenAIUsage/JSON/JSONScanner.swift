import CByteScan

/// An incremental scanner of JSON (RFC 8259) that reports the values of a ``JSONSelection``.
///
/// The input may be cut at any byte. No more than one selected name or value is buffered: strings past
/// ``maximumValueLength`` are truncated, verbatim text past ``maximumVerbatimLength`` is dropped. The whole grammar is
/// checked, including that of skipped values, except for the UTF-8 inside strings. Nesting deeper than ``maximumDepth``
/// is invalid.
package struct JSONScanner: Sendable {
    /// A scanned element.
    package enum Event: UInt8, Sendable {
        /// A selected string; its decoded text is in ``JSONScanner/value(in:)``.
        case string
        /// A selected number; its text is in ``JSONScanner/value(in:)``.
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
        /// All given bytes are scanned.
        case exhausted
        /// The bytes are not JSON.
        case invalid
    }

    /// The deepest nesting that is accepted.
    package static let maximumDepth = 1024
    /// The longest string or number that is reported in full, in bytes.
    package static let maximumValueLength = 512
    /// The longest verbatim text that is collected, in bytes.
    package static let maximumVerbatimLength = 16 * 1024

    let selection: JSONSelection
    var place = Place()
    /// The kinds of the outer levels that the place has no room for, 64 per word.
    var outerKinds: [UInt64] = []
    /// The text of the selected name or value that is being read or was read last, unless it is plain in the bytes.
    var scratch: [UInt8] = []
    /// The range in the bytes of the last value, if it is plain there; the length is -1 if it is in the scratch.
    private var valueStart = 0
    private var valueLength = -1
    /// The start in the bytes of the verbatim text that is not collected yet; -1 before the first of further bytes.
    private var verbatimStart = -1
    /// The length of the verbatim text if all of it is in the bytes; -1 if it is in the buffer.
    private var verbatimLength = -1
    private var verbatimBuffer: [UInt8] = []
    private var isVerbatimDropped = false
    /// True if the container that ended last is the one whose text was collected.
    private var hasVerbatim = false
    /// True if the scan has just become invalid because more text follows the document.
    package private(set) var hasTrailingText = false

    /// Creates a scanner at the start of a document.
    package init(_ selection: JSONSelection) {
        self.selection = selection
    }

    /// Returns to the start of a document.
    package mutating func reset() {
        place = Place()
        hasTrailingText = false
        if !outerKinds.isEmpty { outerKinds.removeAll(keepingCapacity: true) }
    }

    /// The scanner's place, if it is the whole state and nothing is buffered elsewhere; else `nil`.
    var plainPlace: Place? {
        let isHolding = (place.scalar.isCapturing && place.scalar.keepsText) || place.path.verbatimDepth >= 0
        return isHolding || isInvalid || !outerKinds.isEmpty ? nil : place
    }

    /// The field of the value that begins next; `nil` if none does.
    var upcomingField: UInt16? {
        place.path.state == .value ? selection.entries[Int(place.path.entry)].field : nil
    }

    /// Moves to a plain place of the same selection, as if the text before it had been scanned.
    mutating func resume(at plainPlace: Place) {
        place = plainPlace
        if !outerKinds.isEmpty { outerKinds.removeAll(keepingCapacity: true) }
    }

    /// True if a whole document was scanned.
    package var isComplete: Bool {
        switch place.path.state {
        case .done: true
        case .number: place.path.depth == 0 && place.scalar.number.isComplete
        default: false
        }
    }
    /// True if the bytes are not JSON.
    package var isInvalid: Bool { place.path.state == .invalid }
    /// True if only blanks were scanned.
    package var isEmpty: Bool { place.path.state == .value && place.path.depth == 0 }
    /// The current nesting depth.
    package var nesting: Int { Int(place.path.depth) }
    /// The field of the last event.
    package var field: UInt16 { place.field }
    /// True if the last selected string has any text; valid for presence-only strings too.
    package var isNonEmpty: Bool { place.scalar.hasContent }
    /// The number of Unicode scalars in the last presence-only string.
    package var scalarCount: Int64 { place.scalar.scalars }
    /// True if the last value is longer than ``maximumValueLength``.
    package var isValueTruncated: Bool { place.scalar.isTruncated }

    /// The buffered decoded text of a name or a value that was not whole and plain in the bytes.
    package var heldBytes: [UInt8] { scratch }

    /// Calls a closure with the decoded text of the last value.
    ///
    /// - Parameters:
    ///   - bytes: The bytes in which it was found.
    ///   - body: The closure; the text is valid during the call only.
    /// - Returns: The closure's result.
    @inline(__always)
    package func withValue<Result>(
        in bytes: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        guard valueLength >= 0 else { return scratch.withUnsafeBufferPointer(body) }
        return body(UnsafeBufferPointer(rebasing: bytes[valueStart..<valueStart &+ valueLength]))
    }

    /// The decoded text of the last value, which was found in the given bytes.
    package func value(in bytes: UnsafeBufferPointer<UInt8>) -> String {
        withValue(in: bytes) { String(decoding: $0, as: UTF8.self) }
    }

    /// The verbatim text of the container that ended last; `nil` if it was not selected, is too long or is not UTF-8.
    ///
    /// - Parameter bytes: The bytes in which it ended.
    /// - Returns: The text.
    package func verbatim(in bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard hasVerbatim, !isVerbatimDropped else { return nil }
        guard verbatimLength >= 0 else { return verbatimBuffer.withUnsafeBufferPointer { Self.text($0) } }
        return Self.text(UnsafeBufferPointer(rebasing: bytes[verbatimStart..<verbatimStart &+ verbatimLength]))
    }

    /// A text, `nil` if it is not UTF-8; most are ASCII, which is faster to check.
    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var found: UInt8 = 0
        for byte in bytes { found |= byte }
        return found < 0x80 ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }

    /// Scans from the position until a selected element is found or the bytes are used up.
    ///
    /// - Parameters:
    ///   - bytes: The bytes; pass the same ones until ``Event/exhausted`` is returned.
    ///   - position: The position to continue at; moved past the scanned bytes.
    /// - Returns: The element.
    package mutating func next(in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Event {
        guard let base = bytes.baseAddress else { return isInvalid ? .invalid : .exhausted }
        return scan(base, bytes.count, &position)
    }

    /// Scans with a local copy of the path, so that it can stay in registers.
    private mutating func scan(_ base: UnsafePointer<UInt8>, _ count: Int, _ position: inout Int) -> Event {
        let entries = selection.entries
        var path = place.path
        var index = position
        if path.verbatimDepth >= 0, verbatimStart < 0 { verbatimStart = index }
        var event = Event.exhausted

        scanning: while index < count {
            var byte = base[index]
            if byte <= 0x20, path.state.isStructural {
                guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
                    event = path.fail()
                    break scanning
                }
                index = ByteSearch.endOfBlanks(base, index &+ 1, count)
                continue scanning
            }
            switch path.state {
            case .value: break

            case .nextKey, .objectStart:
                guard byte == UInt8(ascii: "\"") else {
                    guard byte == UInt8(ascii: "}"), path.state == .objectStart else {
                        event = path.fail()
                        break scanning
                    }
                    index &+= 1
                    event = close(&path, entries, base, index)
                    if event == .exhausted { continue scanning } else { break scanning }
                }
                let start = index &+ 1
                let end = ByteSearch.endOfPlainText(base, start, count)
                guard end < count, base[end] == UInt8(ascii: "\"") else {
                    // Cut, or with escapes.
                    place.scalar.beginName(isWanted: path.isSelected && entries[Int(path.container)].glances != 0)
                    path.state = .string
                    scratch.removeAll(keepingCapacity: true)
                    index = start
                    continue scanning
                }
                path.entry = path.isSelected ? selection.entry(of: path.container, in: base, start, end, count) : 0
                index = end &+ 1
                guard index < count, base[index] == UInt8(ascii: ":") else {
                    path.state = .colon
                    continue scanning
                }
                index &+= 1
                path.state = .value
                if index < count, base[index] == 0x20 { index &+= 1 }
                guard index < count, base[index] > 0x20 else { continue scanning }
                byte = base[index]

            case .afterValue:
                if byte == UInt8(ascii: ",") {
                    index &+= 1
                    path.advance(entries)
                    continue scanning
                }
                guard byte == (path.isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    event = path.fail()
                    break scanning
                }
                index &+= 1
                event = close(&path, entries, base, index)
                if event == .exhausted { continue scanning } else { break scanning }

            case .arrayStart:
                if byte == UInt8(ascii: "]") {
                    index &+= 1
                    event = close(&path, entries, base, index)
                    if event == .exhausted { continue scanning } else { break scanning }
                }

            case .colon:
                guard byte == UInt8(ascii: ":") else {
                    event = path.fail()
                    break scanning
                }
                index &+= 1
                path.state = .value
                continue scanning

            case .string:
                if !place.scalar.isCapturing {
                    index = ByteSearch.endOfText(base, index, count)
                    guard index < count else { break scanning }
                }
                fallthrough
            case .escape, .unicode, .number, .literal:
                place.path = path
                (event, index) = continueScalar(base, index, count)
                path = place.path
                if event == .exhausted { continue scanning } else { break scanning }

            case .done:
                hasTrailingText = true
                event = path.fail()
                break scanning

            case .invalid:
                hasTrailingText = false
                event = path.fail()
                break scanning
            }

            // A value begins.
            let selected = entries + Int(path.entry)
            let field = selected.pointee.field
            if byte == UInt8(ascii: "\"") {
                let start = index &+ 1
                guard field == 0 else {
                    place.field = field
                    event = scanSelectedString(
                        &path,
                        base,
                        start,
                        &index,
                        count,
                        isKept: !selected.pointee.isPresenceOnly
                    )
                    if event == .exhausted { continue scanning } else { break scanning }
                }
                index = ByteSearch.endOfText(base, start, count)
                guard index < count, base[index] == UInt8(ascii: "\"") else {
                    path.state = .string
                    continue scanning
                }
                index &+= 1
                path.endValue()
            } else if byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-") {
                let start = index
                if field == 0, !path.isInObject, path.depth > 0 {
                    // The elements after it are not selected either.
                    index = ByteSearch.endOfNumbers(base, start, count)
                } else {
                    index = cbytescan_end_of_number(base, start, count)
                }
                guard index > start else {
                    // Too close to the end of the bytes, too long, or malformed.
                    if field != 0 {
                        place.field = field
                        valueLength = -1
                        scratch.removeAll(keepingCapacity: true)
                        scratch.append(byte)
                    }
                    place.scalar.beginNumber(byte, isWanted: field != 0)
                    path.state = .number
                    index &+= 1
                    continue scanning
                }
                path.endValue()
                if field != 0 {
                    place.field = field
                    valueStart = start
                    valueLength = index &- start
                    place.scalar.isTruncated = false
                    event = .number
                    break scanning
                }
            } else if let literal = Literal(byte) {
                guard literal.stands(at: index, in: base, count) else {
                    place.scalar.begin(literal)
                    path.state = .literal
                    index &+= 1
                    continue scanning
                }
                index &+= literal.length
                path.endValue()
                if field != 0 {
                    place.field = field
                    event = literal.event
                    break scanning
                }
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard path.depth < Self.maximumDepth else {
                    event = path.fail()
                    break scanning
                }
                if path.depth & 63 == 0, path.depth > 0 { outerKinds.append(path.kinds) }
                path.open(isObject: byte == UInt8(ascii: "{"), entries)
                if selected.pointee.isVerbatim, path.verbatimDepth < 0 {
                    path.verbatimDepth = path.depth
                    if !verbatimBuffer.isEmpty { verbatimBuffer.removeAll(keepingCapacity: true) }
                    isVerbatimDropped = false
                    verbatimStart = index
                }
                index &+= 1
                if field != 0 {
                    place.field = field
                    event = byte == UInt8(ascii: "{") ? .objectStart : .arrayStart
                    break scanning
                }
                continue scanning
            } else {
                event = path.fail()
                break scanning
            }
            // A comma follows most values.
            if index < count, base[index] == UInt8(ascii: ","), path.state == .afterValue {
                index &+= 1
                path.advance(entries)
            }
        }
        if event == .exhausted, path.verbatimDepth >= 0 {
            collect(base, index)
            verbatimStart = -1
        }
        place.path = path
        position = index
        return event
    }

    /// Reads a selected string at once if it is whole and plain in the bytes; else begins to buffer it.
    @inline(__always)
    private mutating func scanSelectedString(
        _ path: inout Path,
        _ base: UnsafePointer<UInt8>,
        _ start: Int,
        _ index: inout Int,
        _ count: Int,
        isKept: Bool
    ) -> Event {
        place.scalar.beginString(keepsText: isKept)
        let end = ByteSearch.endOfPlainText(base, start, count)
        guard end < count, base[end] == UInt8(ascii: "\""), !isKept || end &- start <= Self.maximumValueLength else {
            // Cut, with escapes, or long.
            valueLength = -1
            if !scratch.isEmpty { scratch.removeAll(keepingCapacity: true) }
            path.state = .string
            index = start
            return .exhausted
        }
        place.scalar.isCapturing = false
        place.scalar.hasContent = end > start
        if isKept {
            valueStart = start
            valueLength = end &- start
        } else {
            valueLength = 0
            valueStart = start
            place.scalar.scalars = Int64(cbytescan_scalars(base, start, end))
        }
        index = end &+ 1
        path.endValue()
        return .string
    }

    /// Ends the innermost container; `.exhausted` means that it is not selected.
    @inline(__always)
    private mutating func close(
        _ path: inout Path,
        _ entries: UnsafePointer<JSONSelection.Entry>,
        _ base: UnsafePointer<UInt8>,
        _ index: Int
    ) -> Event {
        let isObject = path.isInObject
        let field = path.close(entries)
        if path.depth & 63 == 0, path.depth > 0, let kinds = outerKinds.popLast() { path.kinds = kinds }
        hasVerbatim = path.depth < path.verbatimDepth
        if hasVerbatim {
            path.verbatimDepth = -1
            verbatimLength = -1
            if verbatimBuffer.isEmpty, !isVerbatimDropped, index &- verbatimStart <= Self.maximumVerbatimLength {
                verbatimLength = index &- verbatimStart
            } else {
                collect(base, index)
            }
        }
        guard field != 0 else { return .exhausted }
        place.field = field
        return isObject ? .objectEnd : .arrayEnd
    }

    /// Appends scanned bytes to the verbatim text.
    private mutating func collect(_ base: UnsafePointer<UInt8>, _ end: Int) {
        guard !isVerbatimDropped else { return }
        if verbatimBuffer.count + end - verbatimStart > Self.maximumVerbatimLength {
            isVerbatimDropped = true
            verbatimBuffer.removeAll(keepingCapacity: true)
        } else {
            let bytes = UnsafeBufferPointer(start: base + verbatimStart, count: end - verbatimStart)
            verbatimBuffer.append(contentsOf: bytes)
        }
    }
}
