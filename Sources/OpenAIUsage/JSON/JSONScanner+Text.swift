import CByteScan

/// The rare names and scalar values that are cut, have escapes or are long.
extension JSONScanner {
    /// Continues inside a name or a scalar value; `.exhausted` means that nothing selected has ended.
    ///
    /// - Returns: The element, and the index of the byte to continue at.
    mutating func continueScalar(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> (Event, Int) {
        var index = start
        let event = continueScalar(base, &index, count)
        return (event, index)
    }

    private mutating func continueScalar(
        _ base: UnsafePointer<UInt8>,
        _ index: inout Int,
        _ count: Int
    ) -> Event {
        while index < count {
            switch place.path.state {
            case .string:
                if place.scalar.isCapturing {
                    index = takePlainText(base, index, count)
                    guard index < count else { return .exhausted }
                }
                let byte = base[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return endString()
                case UInt8(ascii: "\\"):
                    place.scalar.hasContent = true
                    place.path.state = .escape
                default: return place.path.fail()
                }
            case .escape:
                guard escapeByte(base[index]) else { return place.path.fail() }
                index += 1
                // The caller skips unselected text faster.
                if !place.scalar.isCapturing, place.path.state == .string { return .exhausted }
            case .unicode:
                guard unicodeByte(base[index]) else { return place.path.fail() }
                index += 1
                if !place.scalar.isCapturing, place.path.state == .string { return .exhausted }
            case .number:
                if numberByte(base[index]) {
                    index += 1
                    continue
                }
                guard place.scalar.number.isComplete else { return place.path.fail() }
                place.path.endValue()
                guard place.scalar.isCapturing else { return .exhausted }
                place.scalar.isCapturing = false
                return .number
            case .literal:
                let literal = place.scalar.literal
                guard base[index] == literal.text.utf8Start[Int(place.scalar.literalPosition)] else {
                    return place.path.fail()
                }
                index += 1
                place.scalar.literalPosition += 1
                guard place.scalar.literalPosition == literal.length else { continue }
                place.path.endValue()
                let field = selection.entries[Int(place.path.entry)].field
                guard field != 0 else { return .exhausted }
                place.field = field
                return literal.event
            default: return .exhausted
            }
        }
        return .exhausted
    }

    /// Reads plain text of a selected string and returns the index of the byte that ends it.
    private mutating func takePlainText(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        let end = ByteSearch.endOfPlainText(base, start, count)
        guard end > start else { return end }
        place.scalar.hasContent = true
        place.scalar.highSurrogate = 0
        if place.scalar.keepsText {
            append(UnsafeBufferPointer(start: base + start, count: end - start))
        } else {
            place.scalar.scalars &+= Int64(cbytescan_scalars(base, start, end))
        }
        return end
    }

    /// Handles the quote that ends a name or a string.
    private mutating func endString() -> Event {
        place.scalar.highSurrogate = 0
        let isCapturing = place.scalar.isCapturing
        place.scalar.isCapturing = false
        guard place.scalar.isKey else {
            place.path.endValue()
            return isCapturing ? .string : .exhausted
        }
        place.scalar.isKey = false
        place.path.state = .colon
        place.path.entry = 0
        if isCapturing, !place.scalar.isTruncated {
            // The lookup expects the quote after the name.
            scratch.append(UInt8(ascii: "\""))
            place.path.entry = scratch.withUnsafeBufferPointer { name in
                guard let base = name.baseAddress else { return 0 }
                return selection.entry(of: place.path.container, in: base, 0, name.count - 1, name.count)
            }
        }
        return .exhausted
    }

    /// Handles the byte after a backslash; false if it is invalid.
    private mutating func escapeByte(_ byte: UInt8) -> Bool {
        let decoded: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded = byte
        case UInt8(ascii: "b"): decoded = 0x08
        case UInt8(ascii: "f"): decoded = 0x0c
        case UInt8(ascii: "n"): decoded = 0x0a
        case UInt8(ascii: "r"): decoded = 0x0d
        case UInt8(ascii: "t"): decoded = 0x09
        case UInt8(ascii: "u"):
            place.scalar.unicodeDigits = 0
            place.scalar.unicodeValue = 0
            place.path.state = .unicode
            return true
        default: return false
        }
        place.scalar.highSurrogate = 0
        if place.scalar.isCapturing {
            place.scalar.scalars &+= 1
            append(CollectionOfOne(decoded))
        }
        place.path.state = .string
        return true
    }

    /// Handles a hexadecimal digit of a `\u` escape; false if it is none.
    private mutating func unicodeByte(_ byte: UInt8) -> Bool {
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: return false
        }
        place.scalar.unicodeValue = place.scalar.unicodeValue << 4 | UInt32(digit)
        place.scalar.unicodeDigits += 1
        guard place.scalar.unicodeDigits == 4 else { return true }
        place.path.state = .string
        if place.scalar.isCapturing {
            if place.scalar.keepsText {
                appendScalar(place.scalar.unicodeValue)
            } else {
                countScalar(place.scalar.unicodeValue)
            }
        }
        return true
    }

    /// Appends a UTF-16 code unit; an unpaired surrogate becomes U+FFFD.
    private mutating func appendScalar(_ unit: UInt32) {
        if place.scalar.highSurrogate != 0 {
            let high = place.scalar.highSurrogate
            place.scalar.highSurrogate = 0
            if 0xdc00...0xdfff ~= unit {
                let combined = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)
                if let scalar = Unicode.Scalar(combined) {
                    // The high surrogate was appended as U+FFFD, three bytes that the pair replaces.
                    if !place.scalar.isTruncated { scratch.removeLast(3) }
                    append(scalar.utf8)
                }
                return
            }
        }
        if 0xd800...0xdbff ~= unit { place.scalar.highSurrogate = unit }
        append((Unicode.Scalar(unit) ?? "\u{fffd}").utf8)
    }

    /// Counts a UTF-16 code unit; a surrogate pair is one scalar.
    private mutating func countScalar(_ unit: UInt32) {
        if place.scalar.highSurrogate != 0, 0xdc00...0xdfff ~= unit {
            place.scalar.highSurrogate = 0
            return
        }
        place.scalar.highSurrogate = 0xd800...0xdbff ~= unit ? unit : 0
        place.scalar.scalars &+= 1
    }

    /// Appends to the text up to its limit; the result does not depend on how the input is cut.
    private mutating func append(_ bytes: some Collection<UInt8>) {
        guard place.scalar.keepsText, !place.scalar.isTruncated else { return }
        let room = Self.maximumValueLength - scratch.count
        scratch.append(contentsOf: bytes.prefix(room))
        place.scalar.isTruncated = bytes.count > room
    }

    /// Reads a byte of a number; false if it does not belong to it.
    private mutating func numberByte(_ byte: UInt8) -> Bool {
        switch (place.scalar.number, byte) {
        case (.integer, 0x30...0x39), (.fraction, 0x30...0x39), (.exponentDigits, 0x30...0x39): break
        case (.minus, 0x30): place.scalar.number = .zero
        case (.minus, 0x31...0x39): place.scalar.number = .integer
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): place.scalar.number = .point
        case (.point, 0x30...0x39): place.scalar.number = .fraction
        case (.zero, 0x45), (.zero, 0x65), (.integer, 0x45), (.integer, 0x65), (.fraction, 0x45), (.fraction, 0x65):
            place.scalar.number = .exponent
        case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): place.scalar.number = .exponentSign
        case (.exponent, 0x30...0x39), (.exponentSign, 0x30...0x39): place.scalar.number = .exponentDigits
        default: return false
        }
        if place.scalar.isCapturing { append(CollectionOfOne(byte)) }
        return true
    }
}
