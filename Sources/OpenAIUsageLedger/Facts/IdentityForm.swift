import OpenAIUsage

/// The form of an identity: the text around its varying part, and the encoding of that part.
///
/// An identity is stored as a blob: the number of its form in one byte, and its varying part. An identity without a form, or
/// beyond the capacity, is stored as text.
struct IdentityForm: Sendable, Hashable {
    /// The encoding of the varying part.
    enum Kind: String, Sendable {
        /// The bytes of lowercase hexadecimal digits.
        case hexadecimal = "hex"
        /// The 16 bytes of a lowercase UUID.
        case uuid
        /// The unchanged text.
        case text
    }

    /// The most forms; their numbers are ASCII characters, which SQLite's text functions can read.
    static let capacity = 126

    var prefix: String
    var suffix: String
    var kind: Kind

    /// Encodes the varying part of an identity of this form.
    ///
    /// - Returns: The number of bytes; `nil` if the identity has another form, or needs a full analysis.
    func pack(_ text: UnsafeBufferPointer<UInt8>, into memory: UnsafeMutablePointer<UInt8>) -> Int? {
        var (prefix, suffix) = (prefix, suffix)
        return prefix.withUTF8 { prefix in
            suffix.withUTF8 { suffix in
                let length = text.count - prefix.count - suffix.count
                guard length > 0, text.count <= 256, Self.begins(text, 0, prefix),
                    Self.begins(text, text.count - suffix.count, suffix)
                else { return nil }
                let part = UnsafeBufferPointer(rebasing: text[prefix.count..<prefix.count + length])
                switch kind {
                case .hexadecimal: return IdentityText.packDigits(part, into: memory)
                case .text:
                    guard !prefix.isEmpty, suffix.isEmpty, let base = part.baseAddress else { return nil }
                    memory.update(from: base, count: length)
                    return length
                case .uuid: return nil
                }
            }
        }
    }

    private static func begins(
        _ text: UnsafeBufferPointer<UInt8>,
        _ start: Int,
        _ part: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        for index in part.indices where text[start &+ index] != part[index] { return false }
        return true
    }
}

/// The position of an identity's varying part.
struct IdentityParts {
    var kind: IdentityForm.Kind
    /// The length of the text before the varying part.
    var prefix: Int
    /// The length of the text after it.
    var suffix = 0

    /// Finds the varying part of an identity; `nil` if the identity is stored as text.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        let count = text.count
        guard (4...256).contains(count) else { return nil }
        // A prefix ends with the first hyphen or underscore, as in `chatcmpl-...` and `req_...`.
        var mark = 0
        while mark < min(count, 24), text[mark] != UInt8(ascii: "-"), text[mark] != UInt8(ascii: "_") {
            guard Self.isWord(text[mark]) else { return nil }
            mark += 1
        }
        let hasPrefix = mark < min(count, 24)
        if count >= 36, Self.isUUID(text, from: count - 36), Self.isPlain(text, ..<(count - 36)), count - 36 <= 24 {
            self.init(kind: .uuid, prefix: count - 36)
            return
        }
        if hasPrefix {
            let start = mark + 1
            if Self.isHexadecimal(text, start..<count) {
                self.init(kind: .hexadecimal, prefix: start)
            } else if mark == 16, count <= 24, Self.isHexadecimal(text, 0..<mark), Self.isPlain(text, mark..<count) {
                // An identity of Cloudflare's, with its data center as the suffix.
                self.init(kind: .hexadecimal, prefix: 0, suffix: count - mark)
            } else if count > start {
                self.init(kind: .text, prefix: start)
            } else {
                return nil
            }
            return
        }
        guard Self.isHexadecimal(text, 0..<count) else { return nil }
        self.init(kind: .hexadecimal, prefix: 0)
    }

    private init(kind: IdentityForm.Kind, prefix: Int, suffix: Int = 0) {
        self.kind = kind
        self.prefix = prefix
        self.suffix = suffix
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }

    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>, _ range: some RangeExpression<Int>) -> Bool {
        text[range].allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private static func isHexadecimal(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 4, range.count % 2 == 0 else { return false }
        for index in range where IdentityText.value(text[index]) == nil { return false }
        return true
    }

    private static func isUUID(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        for offset in 0..<36 {
            let byte = text[start + offset]
            switch offset {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default: if IdentityText.value(byte) == nil { return false }
            }
        }
        return true
    }
}

/// Conversions of an identity's varying part between text and bytes.
enum IdentityText {
    /// Returns the value of a lowercase hexadecimal digit; `nil` for other bytes.
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }

    /// The values of lowercase hexadecimal digits; 0xff for other bytes.
    private static let values: [UInt8] = (0...255).map { value($0) ?? 0xff }

    /// Encodes lowercase hexadecimal digits as bytes.
    ///
    /// - Returns: The number of bytes; `nil` if the text is anything else.
    static func packDigits(_ text: UnsafeBufferPointer<UInt8>, into memory: UnsafeMutablePointer<UInt8>) -> Int? {
        guard text.count >= 4, text.count % 2 == 0 else { return nil }
        let count = text.count / 2
        return values.withUnsafeBufferPointer { values in
            for index in 0..<count {
                let (high, low) = (values[Int(text[2 &* index])], values[Int(text[2 &* index &+ 1])])
                guard high | low < 16 else { return nil }
                memory[index] = high << 4 | low
            }
            return count
        }
    }

    /// Encodes the varying part of an identity.
    ///
    /// - Returns: The number of bytes.
    static func pack(
        _ text: UnsafeBufferPointer<UInt8>,
        _ parts: IdentityParts,
        into memory: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        var high: UInt8?
        for index in parts.prefix..<(text.count - parts.suffix) {
            let byte = text[index]
            if parts.kind == .text {
                memory[count] = byte
                count += 1
            } else if byte != UInt8(ascii: "-"), let value = value(byte) {
                if let first = high {
                    memory[count] = first << 4 | value
                    count += 1
                    high = nil
                } else {
                    high = value
                }
            }
        }
        return count
    }

    /// Returns the text of an identity.
    static func text(_ form: IdentityForm, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text: [UInt8] = Array(form.prefix.utf8)
        if form.kind == .text {
            text += bytes
        } else {
            for (index, byte) in bytes.enumerated() {
                if form.kind == .uuid, [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
                text.append(digit(byte >> 4))
                text.append(digit(byte & 15))
            }
        }
        text += form.suffix.utf8
        return String(decoding: text, as: UTF8.self)
    }
}
