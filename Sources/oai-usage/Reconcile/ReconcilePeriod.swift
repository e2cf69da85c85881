import OpenAIUsage

/// The whole UTC days of a comparison, since the provider's costs have no shorter ones.
struct ReconcilePeriod: Equatable {
    /// The start and the end in seconds since 1970.
    var from: Int64
    var to: Int64

    private static let day: Int64 = 86_400

    /// Creates the days that contain a range.
    init(from: Int64, to: Int64) {
        self.from = from.flooredQuotient(by: Self.day) * Self.day
        self.to = (to + Self.day - 1).flooredQuotient(by: Self.day) * Self.day
    }

    /// The seven days before today.
    static func standard(now: Int64) -> ReconcilePeriod {
        let today = now.flooredQuotient(by: day) * day
        return ReconcilePeriod(from: today - 7 * day, to: today)
    }

    /// The stretches of a period that are not settled.
    ///
    /// - Parameters:
    ///   - width: The length of a bucket in seconds.
    ///   - isSettled: Returns true for the start of a bucket that need not be asked.
    /// - Returns: The stretches, in whole days.
    func unsettled(width: Int64, isSettled: (Int64) -> Bool) -> [ReconcilePeriod] {
        var stretches: [ReconcilePeriod] = []
        for start in stride(from: from, to: to, by: Int(Self.day)) {
            let isWhole = stride(from: start, to: start + Self.day, by: Int(width)).allSatisfy(isSettled)
            if isWhole { continue }
            if let last = stretches.last, last.to == start {
                stretches[stretches.count - 1].to = start + Self.day
            } else {
                stretches.append(ReconcilePeriod(from: start, to: start + Self.day))
            }
        }
        return stretches
    }
}
