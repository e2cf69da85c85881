/// The alias of a model's snapshots: the name without the date at its end.
///
/// Providers date snapshots as `gpt-4o-2024-08-06`, `gpt-4-0613` and `claude-3-5-sonnet-20241022`.
package enum ModelAlias {
    /// The alias of a model; the name itself if it has no date.
    package static func alias(of model: String) -> String {
        // A fine-tuned model is one of its own.
        guard !model.hasPrefix("ft:") else { return model }
        let bytes = Array(model.utf8)
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard 0x30...0x39 ~= byte else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        func isDate(year: Int?, month: Int?, day: Int?) -> Bool {
            guard let year, let month, let day else { return false }
            return 2015...2099 ~= year && 1...12 ~= month && 1...31 ~= day
        }
        let dash = UInt8(ascii: "-")
        let count = bytes.count
        var length = 0
        if count > 11, bytes[count - 11] == dash, bytes[count - 6] == dash, bytes[count - 3] == dash,
            isDate(
                year: number(count - 10..<count - 6),
                month: number(count - 5..<count - 3),
                day: number(count - 2..<count)
            )
        {
            length = 11
        } else if count > 9, bytes[count - 9] == dash,
            isDate(
                year: number(count - 8..<count - 4),
                month: number(count - 4..<count - 2),
                day: number(count - 2..<count)
            )
        {
            length = 9
        } else if count > 5, bytes[count - 5] == dash,
            isDate(year: 2020, month: number(count - 4..<count - 2), day: number(count - 2..<count))
        {
            length = 5
        }
        return length == 0 ? model : String(decoding: bytes[..<(count - length)], as: UTF8.self)
    }
}
