/// The rules for external text that is stored in rows: no key, and nothing that may be a prompt or a completion.
enum RowText {
    /// The word that replaces an error type, an error code or a finish reason that is not a word.
    static let other = "other"
    /// The text that replaces a key, and content in a usage object.
    private static let mask = "***"
    private static let maximumWordLength = 64

    // MARK: - Words

    /// A short word of an API (`[A-Za-z0-9_.:-]`, at most 64 bytes) unchanged; any other text, and a key, as ``other``.
    ///
    /// - Parameter text: The text.
    /// - Returns: The word; `nil` if the text is `nil` or empty.
    static func word(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        return isWord(text.utf8) && !isKey(text) ? text : other
    }

    private static func isWord(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.count <= maximumWordLength && bytes.allSatisfy(isWordByte)
    }

    @inline(__always)
    private static func isWordByte(_ byte: UInt8) -> Bool {
        // One bit for each byte from 0x20 on: digits, letters, and `_ . : -`.
        let (low, high): (UInt64, UInt64) = (0x07ff_fffe_87ff_fffe, 0x07ff_6000)
        let place = UInt64(byte)
        return place >= 0x40
            ? place < 0x80 && low &>> (place &- 0x40) & 1 == 1 : place >= 0x20 && high &>> (place &- 0x20) & 1 == 1
    }

    // MARK: - Keys

    /// The prefixes of keys, each with the number of bytes that must follow for a text to be a key.
    private static let keyPrefixes: [(prefix: String, rest: Int)] = [
        ("sk-", 6), ("sk_", 6), ("pk-", 6), ("pk_", 6), ("rk_", 12), ("sess-", 12), ("gsk_", 12), ("xai-", 12),
        ("pplx-", 12), ("nvapi-", 12), ("hf_", 12), ("ghp_", 12), ("akia", 12), ("aiza", 20), ("eyj", 12),
    ]

    /// The key prefix of a text; `nil` if the text is not a key.
    private static func keyPrefix(of text: some StringProtocol) -> String? {
        // Most texts do not begin like a key, and comparing characters is slow.
        var start = text.utf8.makeIterator()
        guard let first = start.next(), let second = start.next(), isKeyStart(first, second) else { return nil }
        let lowered = text.prefix(8).lowercased()
        return keyPrefixes.first { lowered.hasPrefix($0.prefix) && text.utf8.count >= $0.prefix.utf8.count + $0.rest }?
            .prefix
    }

    /// True for the first two bytes of an entry of ``keyPrefixes``, in either case.
    private static func isKeyStart(_ first: UInt8, _ second: UInt8) -> Bool {
        switch (first | 0x20, second | 0x20) {
        case (UInt8(ascii: "s"), UInt8(ascii: "k")), (UInt8(ascii: "s"), UInt8(ascii: "e")),
            (UInt8(ascii: "p"), UInt8(ascii: "k")), (UInt8(ascii: "p"), UInt8(ascii: "p")),
            (UInt8(ascii: "r"), UInt8(ascii: "k")), (UInt8(ascii: "g"), UInt8(ascii: "s")),
            (UInt8(ascii: "g"), UInt8(ascii: "h")), (UInt8(ascii: "x"), UInt8(ascii: "a")),
            (UInt8(ascii: "n"), UInt8(ascii: "v")), (UInt8(ascii: "h"), UInt8(ascii: "f")),
            (UInt8(ascii: "a"), UInt8(ascii: "k")), (UInt8(ascii: "a"), UInt8(ascii: "i")),
            (UInt8(ascii: "e"), UInt8(ascii: "y")):
            true
        default: false
        }
    }

    private static func isKey(_ text: some StringProtocol) -> Bool { keyPrefix(of: text) != nil }

    /// A name, masked if it is a key.
    static func maskingKey(_ name: String?) -> String? {
        guard let name, let prefix = keyPrefix(of: name) else { return name }
        return prefix + mask
    }

    /// A path in which segments that contain a key are masked (`/v1/sk-***`), including percent-encoded ones.
    static func maskingKeys(inPath path: String) -> String {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.contains(where: { masked(segment: $0) != nil }) else { return path }
        return segments.map { masked(segment: $0) ?? String($0) }.joined(separator: "/")
    }

    private static func masked(segment: Substring) -> String? {
        guard segment.utf8.count > 6 else { return nil }
        let text = segment.utf8.contains(UInt8(ascii: "%")) ? decoded(segment) : String(segment)
        let parts = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")) }
        if let prefix = parts.lazy.compactMap({ keyPrefix(of: $0) }).first { return prefix + mask }
        return parts.count > 1 && parts[0].lowercased() == "bearer" ? mask : nil
    }

    private static func decoded(_ segment: Substring) -> String {
        let bytes = Array(segment.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: - Usage

    /// A usage object without possible content.
    ///
    /// Strings that are neither words nor numbers are masked, and so are member names that are not words. Everything
    /// else stays the same, byte for byte.
    ///
    /// - Parameter json: A JSON text.
    /// - Returns: A JSON text that is not longer, or `json` itself.
    static func maskingContent(ofUsage json: String) -> String {
        if json.utf8.withContiguousStorageIfAvailable(hasOnlyWords) == true { return json }
        let bytes = Array(json.utf8)
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        var number = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\"") else {
                index += 1
                continue
            }
            let start = index + 1
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard end < bytes.count else { break }
            index = end + 1
            let text = bytes[start..<end]
            let isName = bytes[index...].first { !isBlank($0) } == UInt8(ascii: ":")
            guard !isKept(text, isName: isName) else { continue }
            result += bytes[copied..<start]
            copied = end
            number += isName ? 1 : 0
            // Keeps the masked names of an object distinct.
            let mask = isName && text.count > 8 ? "\(mask)\(number)" : mask
            result += text.count < mask.utf8.count ? [UInt8(ascii: "*")] : Array(mask.utf8)
        }
        guard copied > 0 else { return json }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// True if every string in a JSON text is a word and not a key, as nearly all are.
    private static func hasOnlyWords(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            defer { index &+= 1 }
            guard bytes[index] == UInt8(ascii: "\"") else { continue }
            let first = index + 1
            index = first
            while index < bytes.count, isWordByte(bytes[index]) { index &+= 1 }
            let count = index - first
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\""), count > 0, count <= maximumWordLength else {
                return false
            }
            if count > 8, isKeyStart(bytes[first], bytes[first + 1]),
                keyPrefix(of: String(decoding: bytes[first..<index], as: UTF8.self)) != nil
            {
                return false
            }
        }
        return true
    }

    private static func isKept(_ text: ArraySlice<UInt8>, isName: Bool) -> Bool {
        let text = text.contains(UInt8(ascii: "\\")) ? unescaped(text) : text
        guard !isWord(text) else { return text.count < 9 || !isKey(String(decoding: text, as: UTF8.self)) }
        return !isName && isNumber(text)
    }

    /// A string with its `\u` escapes of ASCII characters decoded; any other escape stays and makes it no word.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result: ArraySlice<UInt8> = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "u"),
                let code = UInt8(String(decoding: rest.dropFirst().prefix(4), as: UTF8.self), radix: 16), code < 0x80
            {
                result.append(code)
                rest = rest.dropFirst(5)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// True for a number as people write it (`1,000`, `$ 0.5`, `1e+3`).
    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= 32
            && text.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "+"),
                    UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "$"), UInt8(ascii: "%"), 0x20:
                    true
                default: false
                }
            }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
}
