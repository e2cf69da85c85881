/// The rules for text from outside that lands in rows: no key, and nothing that may be a prompt or a completion.
enum RowText {
    /// The word that stands for an error type, an error code or a reason to stop that is no word.
    static let other = "other"
    /// The text that stands for a key, and for content in a usage object.
    private static let mask = "***"
    private static let maximumWordLength = 64

    // MARK: - Words

    /// A short word of an API (`[A-Za-z0-9_.:-]`, at most 64 bytes) as it is; any other text, and a key, as ``other``.
    ///
    /// - Parameter text: The text.
    /// - Returns: The word; `nil` if there is no text.
    static func word(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        return isWord(text.utf8) && !isKey(text) ? text : other
    }

    private static func isWord(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.count <= maximumWordLength && bytes.allSatisfy(isWordByte)
    }

    @inline(__always)
    private static func isWordByte(_ byte: UInt8) -> Bool {
        // One bit for each of the bytes from 0x20 on: digits, letters, and `_ . : -`.
        let (low, high): (UInt64, UInt64) = (0x07ff_fffe_87ff_fffe, 0x07ff_6000)
        let place = UInt64(byte)
        return place >= 0x40
            ? place < 0x80 && low &>> (place &- 0x40) & 1 == 1 : place >= 0x20 && high &>> (place &- 0x20) & 1 == 1
    }

    // MARK: - Keys

    /// How keys begin, with how many characters must follow before it can be nothing else.
    private static let keyPrefixes: [(prefix: String, rest: Int)] = [
        ("sk-", 6), ("sk_", 6), ("pk-", 6), ("pk_", 6), ("rk_", 12), ("sess-", 12), ("gsk_", 12), ("xai-", 12),
        ("pplx-", 12), ("nvapi-", 12), ("hf_", 12), ("ghp_", 12), ("akia", 12), ("aiza", 20), ("eyj", 12),
    ]

    /// How a text begins that is a key; `nil` if it is none.
    private static func keyPrefix(of text: some StringProtocol) -> String? {
        // Most texts begin as no key does, and characters are slow to compare.
        var start = text.utf8.makeIterator()
        guard let first = start.next(), let second = start.next(), isKeyStart(first, second) else { return nil }
        let lowered = text.prefix(8).lowercased()
        return keyPrefixes.first { lowered.hasPrefix($0.prefix) && text.utf8.count >= $0.prefix.utf8.count + $0.rest }?
            .prefix
    }

    /// True for the first two bytes of ``keyPrefixes``, in either case.
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

    /// A name, which is masked if it is a key.
    static func maskingKey(_ name: String?) -> String? {
        guard let name, let prefix = keyPrefix(of: name) else { return name }
        return prefix + mask
    }

    /// A path whose segments that hold a key are masked (`/v1/sk-***`), percent-encoded ones too.
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

    /// A usage object without what may be content.
    ///
    /// Texts that are no words and no numbers are masked, and so are names of members that are no words. Everything else
    /// stays as it is, byte for byte.
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
            // Two names of an object should differ.
            let mask = isName && text.count > 8 ? "\(mask)\(number)" : mask
            result += text.count < mask.utf8.count ? [UInt8(ascii: "*")] : Array(mask.utf8)
        }
        guard copied > 0 else { return json }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// True if every text in a JSON text is a word that can be no key, as nearly all are.
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

    /// A text whose escapes of ASCII by number are undone; any other escape stays, and makes it no word.
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
