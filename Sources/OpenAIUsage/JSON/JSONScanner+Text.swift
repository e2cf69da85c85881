import CByteScan

/// Names and scalar values that are cut, spelled with escapes or long, which are rare.
extension JSONScanner {
    /// Reads on in the midst of a name or a scalar value; `.exhausted` means that nothing selected has ended.
    mutating func continueScalar(_ base: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Event {
        while index < count {
            switch place.state {
            case .string:
                if place.isCapturing {
                    index = takePlainText(base, index, count)
                    guard index < count else { return .exhausted }
                }
                let byte = base[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return endString()
                case UInt8(ascii: "\\"):
                    place.hasContent = true
                    place.state = .escape
                default: return place.fail()
                }
            case .escape:
                guard escapeByte(base[index]) else { return place.fail() }
                index += 1
                // What is not wanted is skipped faster by the caller.
                if !place.isCapturing, place.state == .string { return .exhausted }
            case .unicode:
                guard unicodeByte(base[index]) else { return place.fail() }
                index += 1
                if !place.isCapturing, place.state == .string { return .exhausted }
            case .number:
                if numberByte(base[index]) {
                    index += 1
                    continue
                }
                guard place.number.isComplete else { return place.fail() }
                place.endScalar()
                guard place.isCapturing else { return .exhausted }
                place.isCapturing = false
                return .number
            case .literal:
                let literal = place.literal
                guard base[index] == literal.text.utf8Start[Int(place.literalPosition)] else { return place.fail() }
                index += 1
                place.literalPosition += 1
                guard place.literalPosition == literal.length else { continue }
                place.endScalar()
                let field = selection.entries[Int(place.entry)].field
                guard field != 0 else { return .exhausted }
                place.field = field
                return literal.event
            default: return .exhausted
            }
        }
        return .exhausted
    }

    /// Takes plain text of a captured string and returns the index of the byte that ends it.
    private mutating func takePlainText(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        let end = cbytescan_end_of_plain_text(base, start, count)
        guard end > start else { return end }
        place.hasContent = true
        place.highSurrogate = 0
        if place.keepsText {
            append(UnsafeBufferPointer(start: base + start, count: end - start))
        } else {
            place.scalars &+= Int64(cbytescan_scalars(base, start, end))
        }
        return end
    }

    /// Takes the quote that ends a name or a string.
    private mutating func endString() -> Event {
        place.highSurrogate = 0
        let isCapturing = place.isCapturing
        place.isCapturing = false
        guard place.isKey else {
            place.endScalar()
            return isCapturing ? .string : .exhausted
        }
        place.isKey = false
        place.state = .colon
        place.entry = 0
        if isCapturing, !place.isTruncated {
            place.entry = scratch.withUnsafeBufferPointer { name in
                guard let base = name.baseAddress else { return 0 }
                return selection.entry(of: place.container, in: base, 0, name.count, name.count)
            }
        }
        return .exhausted
    }

    /// Takes the byte behind a backslash.
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
            place.unicodeDigits = 0
            place.unicodeValue = 0
            place.state = .unicode
            return true
        default: return false
        }
        place.highSurrogate = 0
        if place.isCapturing {
            place.scalars &+= 1
            append(CollectionOfOne(decoded))
        }
        place.state = .string
        return true
    }

    /// Takes a hexadecimal digit of a `\u` escape.
    private mutating func unicodeByte(_ byte: UInt8) -> Bool {
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: return false
        }
        place.unicodeValue = place.unicodeValue << 4 | UInt32(digit)
        place.unicodeDigits += 1
        guard place.unicodeDigits == 4 else { return true }
        place.state = .string
        if place.isCapturing {
            if place.keepsText { appendScalar(place.unicodeValue) } else { countScalar(place.unicodeValue) }
        }
        return true
    }

    /// Appends a code unit of UTF-16; a surrogate without its other half becomes U+FFFD.
    private mutating func appendScalar(_ unit: UInt32) {
        if place.highSurrogate != 0 {
            let high = place.highSurrogate
            place.highSurrogate = 0
            if 0xdc00...0xdfff ~= unit {
                let combined = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)
                if let scalar = Unicode.Scalar(combined) {
                    // The first half stands there as U+FFFD, three bytes that the pair replaces.
                    if !place.isTruncated { scratch.removeLast(3) }
                    append(scalar.utf8)
                }
                return
            }
        }
        if 0xd800...0xdbff ~= unit { place.highSurrogate = unit }
        append((Unicode.Scalar(unit) ?? "\u{fffd}").utf8)
    }

    /// Counts a code unit of UTF-16; the halves of a pair are one scalar.
    private mutating func countScalar(_ unit: UInt32) {
        if place.highSurrogate != 0, 0xdc00...0xdfff ~= unit {
            place.highSurrogate = 0
            return
        }
        place.highSurrogate = 0xd800...0xdbff ~= unit ? unit : 0
        place.scalars &+= 1
    }

    /// Appends to the text until it is full; what is kept does not depend on the pieces in which it comes.
    private mutating func append(_ bytes: some Collection<UInt8>) {
        guard place.keepsText, !place.isTruncated else { return }
        let room = Self.maximumValueLength - scratch.count
        scratch.append(contentsOf: bytes.prefix(room))
        place.isTruncated = bytes.count > room
    }

    /// Takes a byte of a number; false if it does not belong to it.
    private mutating func numberByte(_ byte: UInt8) -> Bool {
        switch (place.number, byte) {
        case (.integer, 0x30...0x39), (.fraction, 0x30...0x39), (.exponentDigits, 0x30...0x39): break
        case (.minus, 0x30): place.number = .zero
        case (.minus, 0x31...0x39): place.number = .integer
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): place.number = .point
        case (.point, 0x30...0x39): place.number = .fraction
        case (.zero, 0x45), (.zero, 0x65), (.integer, 0x45), (.integer, 0x65), (.fraction, 0x45), (.fraction, 0x65):
            place.number = .exponent
        case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): place.number = .exponentSign
        case (.exponent, 0x30...0x39), (.exponentSign, 0x30...0x39): place.number = .exponentDigits
        default: return false
        }
        if place.isCapturing { append(CollectionOfOne(byte)) }
        return true
    }
}
