extension JSONScanner {
    /// Takes plain text of a string and returns the index of the byte that ends it.
    @inline(__always)
    mutating func skipString(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        let end = JSONText.endOfPlainText(base, start, count)
        if end > start {
            hasContent = true
            highSurrogate = 0
            if isCapturing {
                let text = UnsafeBufferPointer(start: base + start, count: end - start)
                if keepsText {
                    append(text)
                } else {
                    // Every byte but those that continue a scalar begins one.
                    for byte in text where byte & 0xc0 != 0x80 { scalars &+= 1 }
                }
            }
        }
        return end
    }

    /// Takes a quote, backslash or control character inside a string.
    @inline(__always)
    mutating func stringByte(_ byte: UInt8) -> Event? {
        switch byte {
        case UInt8(ascii: "\""):
            highSurrogate = 0
            if isKey {
                isKey = false
                endKey()
                return nil
            }
            state = depth == 0 ? .done : .afterValue
            guard isCapturing else { return nil }
            isCapturing = false
            return .string
        case UInt8(ascii: "\\"):
            hasContent = true
            state = .escape
            return nil
        default:
            return .invalid
        }
    }

    /// Takes the byte behind a backslash.
    mutating func escapeByte(_ byte: UInt8) -> Bool {
        let decoded: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded = byte
        case UInt8(ascii: "b"): decoded = 0x08
        case UInt8(ascii: "f"): decoded = 0x0c
        case UInt8(ascii: "n"): decoded = 0x0a
        case UInt8(ascii: "r"): decoded = 0x0d
        case UInt8(ascii: "t"): decoded = 0x09
        case UInt8(ascii: "u"):
            unicodeDigits = 0
            unicodeValue = 0
            state = .unicode
            return true
        default: return false
        }
        highSurrogate = 0
        if isCapturing {
            scalars &+= 1
            append(CollectionOfOne(decoded))
        }
        state = .string
        return true
    }

    /// Takes a hexadecimal digit of a `\u` escape.
    mutating func unicodeByte(_ byte: UInt8) -> Bool {
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: return false
        }
        unicodeValue = unicodeValue << 4 | UInt32(digit)
        unicodeDigits += 1
        guard unicodeDigits == 4 else { return true }
        state = .string
        if isCapturing {
            if keepsText { appendScalar(unicodeValue) } else { countScalar(unicodeValue) }
        }
        return true
    }

    /// Appends a code unit of UTF-16; a surrogate without its other half becomes U+FFFD.
    private mutating func appendScalar(_ unit: UInt32) {
        if highSurrogate != 0 {
            let high = highSurrogate
            highSurrogate = 0
            if 0xdc00...0xdfff ~= unit {
                let combined = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)
                if let scalar = Unicode.Scalar(combined) {
                    // The first half stands there as U+FFFD, three bytes that the pair replaces.
                    if !isTruncated { scratch.removeLast(3) }
                    append(UTF8.encode(scalar).map { Array($0) } ?? [])
                }
                return
            }
        }
        if 0xd800...0xdbff ~= unit { highSurrogate = unit }
        let scalar = Unicode.Scalar(unit) ?? "\u{fffd}"
        append(UTF8.encode(scalar).map { Array($0) } ?? [])
    }

    /// Counts a code unit of UTF-16; the halves of a pair are one scalar.
    private mutating func countScalar(_ unit: UInt32) {
        if highSurrogate != 0, 0xdc00...0xdfff ~= unit {
            highSurrogate = 0
            return
        }
        highSurrogate = 0xd800...0xdbff ~= unit ? unit : 0
        scalars &+= 1
    }

    /// Appends to the text until it is full; what is kept does not depend on the pieces in which it comes.
    private mutating func append(_ bytes: some Collection<UInt8>) {
        guard keepsText, !isTruncated else { return }
        let room = Self.maximumValueLength - scratch.count
        scratch.append(contentsOf: bytes.prefix(room))
        isTruncated = bytes.count > room
    }

    private var keepsText: Bool { isKey || !selection.entries[Int(entry)].isPresenceOnly }

    /// Takes a byte of a number; false if it does not belong to it.
    @inline(__always)
    mutating func numberByte(_ byte: UInt8) -> Bool {
        switch (numberState, byte) {
        case (.integer, 0x30...0x39), (.fraction, 0x30...0x39), (.exponentDigits, 0x30...0x39): break
        case (.minus, 0x30): numberState = .zero
        case (.minus, 0x31...0x39): numberState = .integer
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): numberState = .point
        case (.point, 0x30...0x39): numberState = .fraction
        case (.zero, 0x45), (.zero, 0x65), (.integer, 0x45), (.integer, 0x65), (.fraction, 0x45), (.fraction, 0x65):
            numberState = .exponent
        case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): numberState = .exponentSign
        case (.exponent, 0x30...0x39), (.exponentSign, 0x30...0x39): numberState = .exponentDigits
        default: return false
        }
        if isCapturing { append(CollectionOfOne(byte)) }
        return true
    }
}
