import CByteScan

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

    /// The deepest nesting that is accepted.
    package static let maximumDepth = 1024
    /// The longest string or number that is reported in full, in bytes.
    package static let maximumValueLength = 512
    /// The longest verbatim text that is collected, in bytes.
    package static let maximumVerbatimLength = 16 * 1024

    let selection: JSONSelection
    var place = Place()
    /// The kinds of the levels that are too far out for the place to hold, 64 a word.
    var outerKinds: [UInt64] = []
    /// The text of the selected name or value that is read or was read last.
    var scratch: [UInt8] = []
    private var verbatimBuffer: [UInt8] = []
    private var isVerbatimDropped = false

    /// Creates a scanner at the start of a document.
    package init(_ selection: JSONSelection) {
        self.selection = selection
    }

    /// Goes back to the start of a document.
    package mutating func reset() {
        place = Place()
        if !outerKinds.isEmpty { outerKinds.removeAll(keepingCapacity: true) }
    }

    /// Where the scan stands, if that is all there is to know of it: nothing that was read so far is held elsewhere.
    var plainPlace: Place? {
        let isHolding = (place.isCapturing && place.keepsText) || place.isKey || place.verbatimDepth >= 0
        return isHolding || place.state == .invalid || !outerKinds.isEmpty ? nil : place
    }

    /// Goes to a plain place of the same selection, as if what stands before it had been scanned.
    mutating func resume(at plainPlace: Place) {
        place = plainPlace
        if !outerKinds.isEmpty { outerKinds.removeAll(keepingCapacity: true) }
    }

    /// Whether a whole document was scanned.
    package var isComplete: Bool {
        place.state == .done || (place.state == .number && place.depth == 0 && place.number.isComplete)
    }
    /// Whether the bytes are not JSON.
    package var isInvalid: Bool { place.state == .invalid }
    /// Whether nothing but blanks was scanned.
    package var isEmpty: Bool { place.state == .value && place.depth == 0 }
    /// How deep the scan is nested.
    package var nesting: Int { place.depth }
    /// The field of the event that was met last.
    package var field: UInt16 { place.field }
    /// Whether the selected string that was met last has any text; told of presence-only strings too.
    package var isNonEmpty: Bool { place.hasContent }
    /// How many Unicode scalars the presence-only string that was met last has.
    package var scalarCount: Int64 { place.scalars }
    /// Whether the value that was met last is longer than ``maximumValueLength``.
    package var isValueTruncated: Bool { place.isTruncated }

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
        guard let base = bytes.baseAddress else { return isInvalid ? .invalid : .exhausted }
        return scan(base, bytes.count, &position)
    }

    /// Scans with the place in a variable of its own, so that it can stay in registers.
    private mutating func scan(_ base: UnsafePointer<UInt8>, _ count: Int, _ position: inout Int) -> Event {
        let entries = selection.entries
        var place = place
        var index = position
        // Where the verbatim text begins that is not collected yet.
        var copied = index
        var event = Event.exhausted

        scanning: while index < count {
            var byte = base[index]
            if byte <= 0x20, place.state.isStructural {
                guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
                    event = place.fail()
                    break scanning
                }
                index = cbytescan_end_of_blanks(base, index &+ 1, count)
                continue scanning
            }
            switch place.state {
            case .value: break

            case .nextKey, .objectStart:
                guard byte == UInt8(ascii: "\"") else {
                    guard byte == UInt8(ascii: "}"), place.state == .objectStart else {
                        event = place.fail()
                        break scanning
                    }
                    index &+= 1
                    event = close(&place, entries, base, copied, index)
                    if event == .exhausted { continue scanning } else { break scanning }
                }
                let start = index &+ 1
                let end = cbytescan_end_of_plain_text(base, start, count)
                guard end < count, base[end] == UInt8(ascii: "\"") else {
                    // Cut, or spelled with escapes.
                    place.beginKey(entries)
                    scratch.removeAll(keepingCapacity: true)
                    index = start
                    continue scanning
                }
                place.entry =
                    place.depth == place.selectedDepth
                    ? selection.entry(of: place.container, in: base, start, end, count) : 0
                index = end &+ 1
                guard index < count, base[index] == UInt8(ascii: ":") else {
                    place.state = .colon
                    continue scanning
                }
                index &+= 1
                place.state = .value
                if index < count, base[index] == 0x20 { index &+= 1 }
                guard index < count, base[index] > 0x20 else { continue scanning }
                byte = base[index]

            case .afterValue:
                if byte == UInt8(ascii: ",") {
                    index &+= 1
                    place.advance(entries)
                    continue scanning
                }
                guard byte == (place.isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    event = place.fail()
                    break scanning
                }
                index &+= 1
                event = close(&place, entries, base, copied, index)
                if event == .exhausted { continue scanning } else { break scanning }

            case .arrayStart:
                if byte == UInt8(ascii: "]") {
                    index &+= 1
                    event = close(&place, entries, base, copied, index)
                    if event == .exhausted { continue scanning } else { break scanning }
                }

            case .colon:
                guard byte == UInt8(ascii: ":") else {
                    event = place.fail()
                    break scanning
                }
                index &+= 1
                place.state = .value
                continue scanning

            case .string:
                if !place.isCapturing {
                    index = cbytescan_end_of_text(base, index, count)
                    guard index < count else { break scanning }
                }
                fallthrough
            case .escape, .unicode, .number, .literal:
                self.place = place
                event = continueScalar(base, &index, count)
                place = self.place
                if event == .exhausted { continue scanning } else { break scanning }

            case .done, .invalid:
                event = place.fail()
                break scanning
            }

            // A value begins.
            let selected = entries[Int(place.entry)]
            if byte == UInt8(ascii: "\"") {
                let start = index &+ 1
                if selected.field == 0 {
                    index = cbytescan_end_of_text(base, start, count)
                    guard index < count, base[index] == UInt8(ascii: "\"") else {
                        place.state = .string
                        continue scanning
                    }
                    index &+= 1
                    place.endScalar()
                } else {
                    place.beginSelected(selected)
                    index = cbytescan_end_of_plain_text(base, start, count)
                    guard index < count, base[index] == UInt8(ascii: "\""),
                        selected.isPresenceOnly || index &- start <= Self.maximumValueLength
                    else {
                        // Cut, spelled with escapes, or long.
                        scratch.removeAll(keepingCapacity: true)
                        place.isCapturing = true
                        place.state = .string
                        index = start
                        continue scanning
                    }
                    place.hasContent = index > start
                    scratch.removeAll(keepingCapacity: true)
                    if selected.isPresenceOnly {
                        place.scalars = Int64(cbytescan_scalars(base, start, index))
                    } else {
                        scratch.append(contentsOf: UnsafeBufferPointer(start: base + start, count: index &- start))
                    }
                    index &+= 1
                    place.endScalar()
                    event = .string
                    break scanning
                }
            } else if byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-") {
                let end = cbytescan_end_of_number(base, index, count)
                guard end > index else {
                    place.beginNumber(byte, selected)
                    if place.isCapturing {
                        scratch.removeAll(keepingCapacity: true)
                        scratch.append(byte)
                    }
                    index &+= 1
                    continue scanning
                }
                place.endScalar()
                if selected.field != 0 {
                    place.beginSelected(selected)
                    scratch.removeAll(keepingCapacity: true)
                    scratch.append(contentsOf: UnsafeBufferPointer(start: base + index, count: end &- index))
                    index = end
                    event = .number
                    break scanning
                }
                index = end
            } else if let literal = Literal(byte) {
                guard literal.stands(at: index, in: base, count) else {
                    place.begin(literal)
                    index &+= 1
                    continue scanning
                }
                index &+= literal.length
                place.endScalar()
                if selected.field != 0 {
                    place.field = selected.field
                    event = literal.event
                    break scanning
                }
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard place.depth < Self.maximumDepth else {
                    event = place.fail()
                    break scanning
                }
                if place.depth & 63 == 0, place.depth > 0 { outerKinds.append(place.kinds) }
                place.open(isObject: byte == UInt8(ascii: "{"), entries)
                if selected.isVerbatim, place.verbatimDepth < 0 {
                    place.verbatimDepth = place.depth
                    verbatimBuffer.removeAll(keepingCapacity: true)
                    isVerbatimDropped = false
                    copied = index
                }
                index &+= 1
                if selected.field != 0 {
                    place.field = selected.field
                    event = byte == UInt8(ascii: "{") ? .objectStart : .arrayStart
                    break scanning
                }
                continue scanning
            } else {
                event = place.fail()
                break scanning
            }
            // Behind a value there is mostly a comma.
            if index < count, base[index] == UInt8(ascii: ","), place.state == .afterValue {
                index &+= 1
                place.advance(entries)
            }
        }
        if place.verbatimDepth >= 0 { collect(base, copied, index) }
        self.place = place
        position = index
        return event
    }

    /// Ends the innermost container; `.exhausted` means that it is not selected.
    @inline(__always)
    private mutating func close(
        _ place: inout Place,
        _ entries: UnsafePointer<JSONSelection.Entry>,
        _ base: UnsafePointer<UInt8>,
        _ copied: Int,
        _ index: Int
    ) -> Event {
        let isObject = place.isInObject
        let field = place.close(entries)
        if place.depth & 63 == 0, place.depth > 0, let kinds = outerKinds.popLast() { place.kinds = kinds }
        if place.depth < place.verbatimDepth {
            collect(base, copied, index)
            place.verbatimDepth = -1
        }
        guard field != 0 else { return .exhausted }
        place.field = field
        return isObject ? .objectEnd : .arrayEnd
    }

    /// Adds what was scanned to the verbatim text.
    private mutating func collect(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
        guard !isVerbatimDropped else { return }
        if verbatimBuffer.count + end - start > Self.maximumVerbatimLength {
            isVerbatimDropped = true
            verbatimBuffer.removeAll(keepingCapacity: true)
        } else {
            verbatimBuffer.append(contentsOf: UnsafeBufferPointer(start: base + start, count: end - start))
        }
    }
}
