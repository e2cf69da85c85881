extension JSONScanner {
    enum State: UInt8, Sendable {
        // Between values, where blanks are allowed.
        case value, arrayStart, objectStart, nextKey, colon, afterValue, done
        // Inside a name or a scalar value.
        case string, escape, unicode, number, literal
        case invalid

        @inline(__always)
        var isStructural: Bool { rawValue <= State.done.rawValue }
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

    enum Literal: UInt8, Sendable {
        case `true`, `false`, null

        @inline(__always)
        init?(_ first: UInt8) {
            switch first {
            case UInt8(ascii: "n"): self = .null
            case UInt8(ascii: "t"): self = .true
            case UInt8(ascii: "f"): self = .false
            default: return nil
            }
        }

        var text: StaticString {
            switch self {
            case .true: "true"
            case .false: "false"
            case .null: "null"
            }
        }

        @inline(__always)
        var length: Int { self == .false ? 5 : 4 }

        @inline(__always)
        var event: Event {
            switch self {
            case .true: .true
            case .false: .false
            case .null: .null
            }
        }

        /// The last four bytes, the first of them in the lowest bits.
        @inline(__always)
        private var tail: UInt32 {
            switch self {
            case .true: 0x6575_7274
            case .false: 0x6573_6c61
            case .null: 0x6c6c_756e
            }
        }

        /// True if the whole literal is at the index, given that its first byte is.
        @inline(__always)
        func stands(at index: Int, in base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
            guard count &- index >= length else { return false }
            let bytes = UnsafeRawPointer(base + (index &+ length &- 4))
            return UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) == tail
        }
    }

    /// The place of a scan in a document.
    ///
    /// It owns no memory, so that copies are cheap.
    struct Place: Sendable {
        var path = Path()
        var scalar = Scalar()
        /// The field of the last event.
        var field: UInt16 = 0
    }

    /// The place of a scan among the containers, which is all that most steps need.
    struct Path: Sendable {
        var state = State.value
        /// The entry of the value that is next or is being read.
        var entry: UInt16 = 1
        /// The entry of the innermost selected container.
        var container: UInt16 = 0
        var depth: Int32 = 0
        /// The number of selected levels, which enclose all others.
        var selectedDepth: Int32 = 0
        /// The depth of the container whose text is collected; -1 if there is none.
        var verbatimDepth: Int32 = -1
        /// One bit per level, the innermost in the lowest: 1 for an object.
        ///
        /// The bits of further whole 64 levels are stored by the scanner.
        var kinds: UInt64 = 0

        @inline(__always)
        var isInObject: Bool { kinds & 1 != 0 }
        /// True if the innermost container is selected.
        @inline(__always)
        var isSelected: Bool { depth == selectedDepth }

        @inline(__always)
        mutating func open(isObject: Bool, _ entries: UnsafePointer<JSONSelection.Entry>) {
            kinds = kinds << 1 | (isObject ? 1 : 0)
            depth &+= 1
            if entry != 0 {
                container = entry
                selectedDepth = depth
            }
            if isObject {
                state = .objectStart
            } else {
                state = .arrayStart
                entry = entries[Int(entry)].element
            }
        }

        /// Ends the innermost container and returns its field; 0 if it is not selected.
        @inline(__always)
        mutating func close(_ entries: UnsafePointer<JSONSelection.Entry>) -> UInt16 {
            kinds >>= 1
            depth &-= 1
            endValue()
            guard depth < selectedDepth else { return 0 }
            let field = entries[Int(container)].field
            container = entries[Int(container)].parent
            selectedDepth = depth
            return field
        }

        /// Advances past a comma.
        @inline(__always)
        mutating func advance(_ entries: UnsafePointer<JSONSelection.Entry>) {
            if isInObject {
                state = .nextKey
            } else {
                state = .value
                entry = isSelected ? entries[Int(container)].element : 0
            }
        }

        @inline(__always)
        mutating func endValue() {
            state = depth == 0 ? .done : .afterValue
        }

        @inline(__always)
        mutating func fail() -> Event {
            state = .invalid
            return .invalid
        }
    }

    /// The state of a name or a scalar value that is being read or was read last.
    struct Scalar: Sendable {
        var isKey = false
        /// True if the text of the string or number is selected.
        var isCapturing = false
        /// True if the selected text is stored, not only counted.
        var keepsText = false
        var isTruncated = false
        var hasContent = false
        var number = NumberState.minus
        var literal = Literal.null
        var literalPosition: UInt8 = 0
        var unicodeDigits: UInt8 = 0
        var unicodeValue: UInt32 = 0
        var highSurrogate: UInt32 = 0
        /// The number of Unicode scalars in a presence-only string.
        var scalars: Int64 = 0

        /// Begins a name that is read piece by piece.
        mutating func beginName(isWanted: Bool) {
            isKey = true
            isCapturing = isWanted
            keepsText = true
            isTruncated = false
        }

        /// Begins a selected string.
        mutating func beginString(keepsText: Bool) {
            isKey = false
            isCapturing = true
            self.keepsText = keepsText
            isTruncated = false
            hasContent = false
            scalars = 0
        }

        mutating func beginNumber(_ first: UInt8, isWanted: Bool) {
            isCapturing = isWanted
            keepsText = true
            isTruncated = false
            number = first == UInt8(ascii: "-") ? .minus : first == UInt8(ascii: "0") ? .zero : .integer
        }

        mutating func begin(_ literal: Literal) {
            self.literal = literal
            literalPosition = 1
        }
    }
}
