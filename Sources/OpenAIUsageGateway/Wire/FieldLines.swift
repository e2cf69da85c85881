/// An incremental parser of a head's field lines.
///
/// A line is judged once it is complete, so that the result does not depend on how the bytes were split. The search for the
/// end of an incomplete line resumes where it stopped, so that every byte is read a bounded number of times.
struct FieldLines: Sendable {
    enum Outcome {
        case needsMore
        /// The empty line was read; the head ends before the index.
        case complete(Int)
        case failed(FieldFault)
    }

    /// The fields that determine framing and connection: the last index and the number of each.
    struct Marks: Sendable {
        struct Mark: Sendable {
            private(set) var count: Int32 = 0
            private var last: Int32 = 0

            /// The index of the last field with the name.
            var index: Int { Int(last) }

            @inline(__always)
            fileprivate mutating func set(_ index: Int) {
                last = Int32(truncatingIfNeeded: index)
                count &+= 1
            }
        }

        fileprivate(set) var length = Mark()
        fileprivate(set) var coding = Mark()
        fileprivate(set) var host = Mark()
        fileprivate(set) var upgrade = Mark()
        fileprivate(set) var connection = Mark()
    }

    private(set) var fields: [WireField] = []
    private(set) var present = KnownFieldSet()
    private(set) var marks = Marks()
    private var next: Int
    private var searched: Int

    /// - Parameters:
    ///   - start: The offset of the first line.
    ///   - capacity: The number of fields to reserve room for.
    init(start: Int, capacity: Int) {
        next = start
        searched = start
        fields.reserveCapacity(capacity)
    }

    /// Continues parsing.
    ///
    /// - Parameters:
    ///   - base: The head's first byte.
    ///   - count: The number of available bytes.
    ///   - limits: The limits of the head.
    /// - Returns: The state of the head.
    mutating func read(_ base: UnsafeRawPointer, _ count: Int, _ limits: HeadLimits) -> Outcome {
        if searched > next {
            guard let feed = Octets.first(Octets.lineFeed, base, searched, count) else {
                return incomplete(count, limits)
            }
            searched = feed
        }
        // Offsets are below the number of bytes, so that their sums do not overflow.
        while true {
            let start = next
            guard start < count else { return incomplete(count, limits) }
            let colon = Octets.endOfToken(base, start, count)
            guard colon < count else { return incomplete(count, limits) }
            guard Octets.byte(base, colon) == Octets.colon, colon > start else {
                if colon == start, Octets.byte(base, start) == Octets.carriageReturn {
                    guard start &+ 1 < count else { return incomplete(count, limits) }
                    if Octets.byte(base, start &+ 1) == Octets.lineFeed {
                        guard start &+ 2 <= limits.bytes else { return .failed(.tooLarge) }
                        next = start &+ 2
                        return .complete(start &+ 2)
                    }
                }
                return fault(base, count, limits, FieldFault(name: base, start, colon))
            }
            var valueStart = colon &+ 1
            while valueStart < count, Octets.isBlank(Octets.byte(base, valueStart)) { valueStart &+= 1 }
            let behind = Octets.endOfText(base, valueStart, count)
            guard behind &+ 1 < count else {
                if behind < count, Octets.byte(base, behind) != Octets.carriageReturn {
                    return fault(base, count, limits, FieldFault(value: base, behind))
                }
                return incomplete(count, limits)
            }
            guard Octets.byte(base, behind) == Octets.carriageReturn,
                Octets.byte(base, behind &+ 1) == Octets.lineFeed
            else { return fault(base, count, limits, FieldFault(value: base, behind)) }
            let end = behind &+ 2
            guard end <= limits.bytes else { return .failed(.tooLarge) }
            let index = fields.count
            guard index < limits.fields else { return .failed(.tooManyFields) }
            var valueEnd = behind
            while valueEnd > valueStart, Octets.isBlank(Octets.byte(base, valueEnd &- 1)) { valueEnd &-= 1 }
            let known = KnownField.find(base, start, colon &- start)
            if let known {
                present.insert(known)
                if Self.marked.contains(known) { mark(known, index) }
            }
            fields.append(
                WireField(
                    start: start,
                    colon: colon,
                    valueStart: valueStart,
                    valueEnd: valueEnd,
                    end: end,
                    known: known
                )
            )
            next = end
        }
    }

    private static var marked: KnownFieldSet {
        @inline(__always) get { [.contentLength, .transferEncoding, .host, .upgrade, .connection] }
    }

    private mutating func mark(_ known: KnownField, _ index: Int) {
        switch known {
        case .host: marks.host.set(index)
        case .contentLength: marks.length.set(index)
        case .transferEncoding: marks.coding.set(index)
        case .upgrade: marks.upgrade.set(index)
        case .connection: marks.connection.set(index)
        default: break
        }
    }

    /// Returns the options of all `Connection` fields.
    func connectionOptions(_ base: UnsafeRawPointer) -> ConnectionOptions {
        var options = ConnectionOptions()
        if marks.connection.count == 1 {
            options.add(fields[marks.connection.index].value, base)
        } else if marks.connection.count > 1 {
            for field in fields where field.known == .connection { options.add(field.value, base) }
        }
        return options
    }

    private mutating func incomplete(_ count: Int, _ limits: HeadLimits) -> Outcome {
        searched = count
        return count >= limits.bytes ? .failed(.tooLarge) : .needsMore
    }

    /// Reports a malformed line, once its end has arrived.
    private mutating func fault(
        _ base: UnsafeRawPointer,
        _ count: Int,
        _ limits: HeadLimits,
        _ fault: FieldFault
    ) -> Outcome {
        guard let feed = Octets.first(Octets.lineFeed, base, max(searched, next), count) else {
            return incomplete(count, limits)
        }
        return .failed(feed < limits.bytes ? fault : .tooLarge)
    }
}

/// A fault in the field lines of a head.
enum FieldFault: UInt8, Sendable {
    case tooLarge, tooManyFields
    case folded, noName, noColon, returnInName, blankInName, badName
    case bareFeed, returnInValue, control

    /// - Parameters:
    ///   - base: The head's first byte.
    ///   - start: The offset of the line.
    ///   - end: The offset of the byte that ends the name and is not the colon after one.
    fileprivate init(name base: UnsafeRawPointer, _ start: Int, _ end: Int) {
        let byte = Octets.byte(base, end)
        switch byte {
        case Octets.colon: self = .noName
        case Octets.lineFeed: self = .noColon
        case Octets.carriageReturn: self = .returnInName
        case _ where Octets.isBlank(byte): self = end == start ? .folded : .blankInName
        default: self = .badName
        }
    }

    fileprivate init(value base: UnsafeRawPointer, _ index: Int) {
        switch Octets.byte(base, index) {
        case Octets.lineFeed: self = .bareFeed
        case Octets.carriageReturn: self = .returnInValue
        default: self = .control
        }
    }

    func error(_ limits: HeadLimits) -> WireError {
        switch self {
        case .tooLarge: WireError(431, "header_too_large", "The header is too large.")
        case .tooManyFields: WireError(431, "too_many_fields", "The header has more than \(limits.fields) fields.")
        default: WireError(400, "bad_header_field", message)
        }
    }

    private var message: String {
        switch self {
        case .tooLarge, .tooManyFields: "The header is too large."
        case .folded: "A header line begins with a blank; folded lines are not supported."
        case .noName: "A header line has no field name."
        case .noColon: "A header line ends without a carriage return or has no colon."
        case .returnInName: "A header line has no colon, or a carriage return within."
        case .blankInName: "A field name has a blank within or before its colon."
        case .badName: "A field name has a character that is not allowed."
        case .bareFeed: "A header line ends without a carriage return."
        case .returnInValue: "A field value has a carriage return within."
        case .control: "A field value has a control character."
        }
    }
}
