/// The parameters of a header field's value, as in `form-data; name="model"` (RFC 2045, RFC 6266).
struct HeaderParameters {
    /// The value before the parameters, in lower case.
    let value: String
    private var parameters: [(name: String, value: String)] = []

    /// Creates the parameters of a value, ignoring anything in it that is not a parameter.
    init(_ bytes: some Sequence<UInt8>) {
        var parts: [[UInt8]] = [[]]
        var isQuoted = false
        var isEscaped = false
        for byte in bytes {
            if byte == UInt8(ascii: ";"), !isQuoted {
                parts.append([])
                continue
            }
            parts[parts.count - 1].append(byte)
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = byte == UInt8(ascii: "\\") && isQuoted && !isEscaped
        }
        value = String(decoding: Self.trimmed(parts[0][...]), as: UTF8.self).lowercased()
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: Self.trimmed(part[..<equals]), as: UTF8.self).lowercased()
            parameters.append((name, Self.unquoted(Self.trimmed(part[(equals + 1)...]))))
        }
    }

    /// The first value of a parameter; `nil` if there is none.
    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var text: [UInt8] = []
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            let isSpecial = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            // A backslash before any other character is one of a path, which some clients do not escape.
            if isEscaped, !isSpecial { text.append(UInt8(ascii: "\\")) }
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            isEscaped = false
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
