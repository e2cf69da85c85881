/// A parser of HTTP dates (RFC 9110, section 5.6.7), in all three forms that a recipient must accept.
enum HTTPDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// The seconds from 1970-01-01T00:00:00Z to a date.
    ///
    /// - Parameters:
    ///   - text: The date, as in `Mon, 23 Nov 2026 09:16:01 GMT`.
    ///   - now: The current time in seconds, for completing a two-digit year.
    /// - Returns: The seconds; `nil` if the text is not a date.
    static func seconds(_ text: String, now: Int64) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }
        // "Mon, 23 Nov 2026 09:16:01 GMT" and "Monday, 23-Nov-26 09:16:01 GMT" have the same order; "Mon Nov 23
        // 09:16:01 2026" has another.
        if words.count == 6, words[5] == "GMT" {
            return seconds(day: words[1], month: words[2], year: words[3], time: words[4], now: now)
        }
        if words.count == 5 {
            return seconds(day: words[2], month: words[1], year: words[4], time: words[3], now: now)
        }
        return nil
    }

    private static func seconds(
        day: Substring,
        month: Substring,
        year: Substring,
        time: Substring,
        now: Int64
    ) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0) }
        guard let day = number(day), let index = months.firstIndex(of: month.lowercased()), var years = number(year),
            clock.count == 3, let hours = clock[0], let minutes = clock[1], let seconds = clock[2],
            1...31 ~= day, 0...23 ~= hours, 0...59 ~= minutes, 0...60 ~= seconds
        else { return nil }
        if year.utf8.count == 2 {
            // A date more than 50 years ahead is one of the past.
            let present = 1970 + now / 31_556_952
            years += present / 100 * 100
            if years > present + 50 { years -= 100 }
        }
        let date = CivilDate(year: years, month: Int64(index) + 1, day: day)
        // Not every month has 31 days.
        guard CivilDate(daysSince1970: date.daysSince1970) == date else { return nil }
        return date.daysSince1970 * 86_400 + hours * 3_600 + minutes * 60 + seconds
    }

    private static func number(_ text: Substring) -> Int64? {
        1...4 ~= text.utf8.count && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
