import OpenAIUsage

/// The key of sums in the table of rollups: a period in UTC, a series and a result.
///
/// The periods of a level are consecutive in the table, so that a time range is a range of keys.
struct RollupKey: Hashable {
    /// The length of a period.
    enum Level: Int64, CaseIterable {
        case quarter, hour, day, month

        /// The next shorter level; `nil` for the shortest.
        var finer: Level? { Level(rawValue: rawValue - 1) }
    }

    /// The length of the shortest period in microseconds; the offset of every time zone is a multiple of it.
    static let quarterLength: Int64 = 900_000_000

    static let timeShift: Int64 = 36
    private static let seriesShift: Int64 = 12
    /// The highest number of a period.
    static let maximumTime: Int64 = 1 << 24 - 1

    var level: Level
    /// The number of the period since 1970.
    var time: Int64
    var series: Int
    var result: Int

    /// Returns the number of the period that contains a time in microseconds since 1970.
    static func time(of microseconds: Int64, _ level: Level) -> Int64 {
        let quarter = min(max(0, microseconds.flooredQuotient(by: quarterLength)), maximumTime)
        switch level {
        case .quarter: return quarter
        case .hour: return quarter / 4
        case .day: return quarter / 96
        case .month:
            let date = CivilDate(daysSince1970: quarter / 96)
            return (date.year - 1970) * 12 + date.month - 1
        }
    }

    /// Returns the start of a period in microseconds since 1970.
    static func start(of time: Int64, _ level: Level) -> Int64 {
        switch level {
        case .quarter: return time * quarterLength
        case .hour: return time * 4 * quarterLength
        case .day: return time * 96 * quarterLength
        case .month:
            let year = 1970 + time / 12
            return CivilDate(year: year, month: time % 12 + 1, day: 1).daysSince1970 * 96 * quarterLength
        }
    }

    /// The row ID in the table.
    ///
    /// The shortest periods come last: most rows are theirs, and are appended after all others, where pages get full.
    var rowID: Int64 {
        (Level.month.rawValue - level.rawValue) << 60 | time << Self.timeShift | Int64(series) << Self.seriesShift
            | Int64(result)
    }

    init(level: Level, time: Int64, series: Int, result: Int) {
        self.level = level
        self.time = time
        self.series = series
        self.result = result
    }

    /// Creates the key of a row.
    init(rowID: Int64) {
        level = Level(rawValue: Level.month.rawValue - rowID >> 60) ?? .quarter
        time = rowID >> Self.timeShift & Self.maximumTime
        series = Int(rowID >> Self.seriesShift & 0xff_ffff)
        result = Int(rowID & 0xfff)
    }

    /// The row IDs of all days.
    static let days = rows(.day, 0...maximumTime)

    /// Returns the row IDs of a range of periods.
    static func rows(_ level: Level, _ times: ClosedRange<Int64>) -> ClosedRange<Int64> {
        let low = RollupKey(level: level, time: times.lowerBound, series: 0, result: 0).rowID
        let high = RollupKey(level: level, time: times.upperBound, series: 0xff_ffff, result: 0xfff).rowID
        return low...high
    }
}
