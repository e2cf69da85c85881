/// A second of the Gregorian calendar in UTC.
struct CivilTime: Sendable, Equatable {
    var year: Int
    var month: Int
    var day: Int
    /// The day of the week, 0 for Sunday.
    var weekday: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// Creates the time that many seconds after the start of 1970.
    init(secondsSinceEpoch: Int) {
        let parts = secondsSinceEpoch.quotientAndRemainder(dividingBy: 86_400)
        let days = parts.remainder < 0 ? parts.quotient - 1 : parts.quotient
        let rest = secondsSinceEpoch - days * 86_400
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        weekday = ((days + 4) % 7 + 7) % 7
        // Years are counted from March, so that the leap day is the last of its year, in eras of 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The format of the `date` header, such as `Mon, 23 Nov 2026 09:15:01 GMT`.
    var headerText: String {
        "\(weekdayName), \(padded(day)) \(monthName) \(year) \(clockText) GMT"
    }

    /// The older format of cookies, such as `Mon, 23-Nov-26 09:15:01 GMT`.
    var cookieText: String {
        "\(weekdayName), \(padded(day))-\(monthName)-\(padded(year % 100)) \(clockText) GMT"
    }

    private var clockText: String {
        "\(padded(hour)):\(padded(minute)):\(padded(second))"
    }

    private var weekdayName: String {
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekday]
    }

    private var monthName: String {
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
    }

    private func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
