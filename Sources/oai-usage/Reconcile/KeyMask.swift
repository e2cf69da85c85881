/// Masking of keys in texts of the provider, which may repeat the key that it was asked with.
struct KeyMask {
    private let key: [UInt8]

    private static let mask = Array("***".utf8)
    private static let prefix = Array("sk-".utf8)
    /// The fewest bytes after the prefix of a key.
    private static let minimumLength = 6
    /// The most bytes that a redacted key shows before what it hides.
    private static let maximumShown = 24

    /// Creates a mask of the key that is sent, and of every other word that looks like a key.
    init(key: String) {
        self.key = Array(key.utf8)
    }

    /// Returns a text without keys.
    ///
    /// A key that is redacted already, `sk-proj-abc...1234`, is unchanged: keys are joined by it.
    func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var (copied, index) = (0, 0)
        while index < bytes.count {
            guard let end = keyEnd(bytes, index) else {
                index += 1
                continue
            }
            let isNamed = bytes[index...].starts(with: Self.prefix)
            result += bytes[copied..<index] + (isNamed ? Self.prefix : []) + Self.mask
            (copied, index) = (end, end)
        }
        guard copied > 0 else { return text }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// Returns the end of a key that starts at an index; `nil` if none does.
    private func keyEnd(_ bytes: [UInt8], _ index: Int) -> Int? {
        if bytes[index] == key.first, bytes[index...].starts(with: key) { return index + key.count }
        guard bytes[index] == Self.prefix[0], bytes[index...].starts(with: Self.prefix),
            index == 0 || !Self.isKeyByte(bytes[index - 1])
        else { return nil }
        let start = index + Self.prefix.count
        let end = bytes[start...].firstIndex { !Self.isKeyByte($0) } ?? bytes.count
        let isRedacted = end - start <= Self.maximumShown && Self.isHidden(bytes[end...])
        return end - start >= Self.minimumLength && !isRedacted ? end : nil
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// True if bytes continue a redacted key with what stands for its middle.
    private static func isHidden(_ rest: ArraySlice<UInt8>) -> Bool {
        ["...", "**", "…", "••"].contains { rest.starts(with: $0.utf8) }
    }
}
