/// The forms in which a model's name occurs.
package enum ModelName {
    /// Returns the name without its provider prefixes (`gpt-4o` for `openai/gpt-4o`); `nil` if it has none.
    package static func withoutProvider(_ name: some StringProtocol) -> String? {
        let end = name.firstIndex(of: ":") ?? name.endIndex
        guard let slash = name[..<end].lastIndex(of: "/") else { return nil }
        return String(name[name.index(after: slash)...])
    }

    /// Returns the name without a checkpoint suffix such as `:ckpt-step-88`; `nil` if it has none.
    package static func withoutCheckpoint(_ name: some StringProtocol) -> String? {
        guard let colon = name.lastIndex(of: ":") else { return nil }
        let suffix = name[name.index(after: colon)...]
        let marker = "ckpt-step-"
        guard suffix.hasPrefix(marker), isDigits(suffix.dropFirst(marker.count).utf8) else { return nil }
        return String(name[..<colon])
    }

    /// Returns the base of a fine-tuned model (`ft:gpt-4o-2024-08-06` for `ft:gpt-4o-2024-08-06:acme::id`); `nil` for
    /// other names.
    package static func fineTunedBase(_ name: some StringProtocol) -> String? {
        let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "ft", !parts[1].isEmpty else { return nil }
        return "ft:" + parts[1]
    }

    /// Returns the name without a build suffix (`:20230824-v2`), as in legacy completions responses; `nil` if it has
    /// none.
    package static func withoutBuild(_ name: some StringProtocol) -> String? {
        guard let colon = name.lastIndex(of: ":"), colon > name.startIndex else { return nil }
        let parts = name[name.index(after: colon)...].split(
            separator: "-",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let date = parts.first, date.utf8.count == 8, isDigits(date.utf8) else { return nil }
        if parts.count == 2 {
            guard parts[1].first == "v", isDigits(parts[1].dropFirst().utf8) else { return nil }
        }
        return String(name[..<colon])
    }

    /// Returns the name without its snapshot date (`-2026-03-05` or `-0613`); `nil` if it has none.
    package static func withoutSnapshot(_ name: some StringProtocol) -> String? {
        let bytes = Array(name.utf8)
        func day(_ start: Int, _ middle: Int) -> Bool {
            guard let month = value(bytes[start..<start + 2]), let day = value(bytes[middle..<middle + 2]) else {
                return false
            }
            return 1...12 ~= month && 1...31 ~= day
        }
        let dash = UInt8(ascii: "-")
        var length: Int?
        let count = bytes.count
        if count > 11, bytes[count - 11] == dash, bytes[count - 6] == dash, bytes[count - 3] == dash,
            value(bytes[(count - 10)..<(count - 6)]) != nil, day(count - 5, count - 2)
        {
            length = 11
        } else if count > 5, bytes[count - 5] == dash, day(count - 4, count - 2) {
            length = 5
        }
        return length.map { String(decoding: bytes[..<(count - $0)], as: UTF8.self) }
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard 0x30...0x39 ~= byte else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func isDigits(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { 0x30...0x39 ~= $0 }
    }
}
