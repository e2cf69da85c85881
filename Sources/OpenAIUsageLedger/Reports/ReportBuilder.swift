import GRDB
import OpenAIUsage

/// Sums up the calls of a report by group, from rollups or, if there are few calls, from their rows.
struct ReportBuilder {
    /// The calls of a series and a result.
    private struct Kind {
        /// The number of their combination of values in all dimensions but time.
        var values: Int
        /// True for completed calls to a known endpoint, the usual case.
        var isPlain: Bool
    }

    /// The original query.
    private let asked: ReportQuery
    /// The query with the range that is actually counted.
    private var query: ReportQuery
    private var pruned: PrunedPart?
    private let facts: SharedTables
    private var groupings: [ReportGrouping]
    private var groups: [MergeableReport.Group] = []
    private var groupsByValues: [[ReportGrouping.Value]: Int] = [:]
    /// The groups by the numbers of a period and a combination of values.
    private var groupsByPlace: [Int: Int] = [:]
    private var kinds: [Int: Kind] = [:]
    private var valuesByNumber: [[ReportGrouping.Value]] = []
    private var numbersByValues: [[ReportGrouping.Value]: Int] = [:]
    private var keepsLatencies = false
    /// The most groups that are kept in memory.
    private let groupLimit: Int
    private let cache: ReportCache?
    /// Sums for the cache, which may be kept once it is known that the file has not changed hands meanwhile.
    private(set) var found: ReportCache.Found?

    /// Creates a builder.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - facts: The series and results of the ledger.
    ///   - groupLimit: The most groups.
    ///   - cache: Sums of whole days that have been read before; `nil` to read all.
    init(_ query: ReportQuery, _ facts: SharedTables, groupLimit: Int = .max, cache: ReportCache? = nil) {
        self.cache = cache
        asked = query
        self.groupLimit = groupLimit
        self.query = query
        self.facts = facts
        groupings = query.groupBy.map {
            ReportGrouping($0, timeZone: query.timeZone, mergesSnapshots: query.mergesSnapshots)
        }
    }

    /// Returns the sums of the report by group.
    ///
    /// - Parameters:
    ///   - database: The ledger.
    ///   - exactLimit: The most rows in the range, regardless of the filter, that are read for exact percentiles.
    /// - Returns: The sums.
    /// - Throws: An error of SQLite, or ``TooManyGroups``.
    mutating func report(_ database: Database, exactLimit: Int) throws -> MergeableReport {
        if let range = try PrunedRange(from: query.fromMicroseconds, to: query.toMicroseconds, database) {
            pruned = PrunedPart(range, asked: query)
            (query.fromMicroseconds, query.toMicroseconds) = (range.from, range.to)
            try addRollups(database)
        } else if try hasFewRows(database, exactLimit) {
            keepsLatencies = true
            try addRows(database, nil)
        } else {
            try addRollups(database)
        }
        return MergeableReport(query: asked, groups: groups, keepsLatencies: keepsLatencies, pruned: pruned)
    }

    /// True if the range has at most `limit` rows.
    private func hasFewRows(_ database: Database, _ limit: Int) throws -> Bool {
        guard limit > 0 else { return false }
        guard let rows = try RowSource(database, facts).rows(from: query.fromMicroseconds, to: query.toMicroseconds)
        else { return true }
        let count = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM (SELECT 1 FROM call WHERE id BETWEEN ? AND ? LIMIT ?)",
            arguments: [rows.lowerBound, rows.upperBound, min(limit, .max - 1) + 1]
        )
        return count ?? 0 <= limit
    }

    private mutating func addRollups(_ database: Database) throws {
        let matcher = facts.matcher(query.filter)
        if matcher.passesNone { return }
        // A field that is stored in the row is missing in the series: such rows are read.
        var inRows = Set<Int>()
        let isErrorInRows = query.groupBy.contains(.errorCode) && facts.results.contains { $0.value.isErrorInRow }
        let isInRows = matcher.isResultUndecided || isErrorInRows
        for (index, series) in facts.series.lazy.map(\.value).enumerated() {
            if isInRows || matcher.verdict(series: index + 1) == .maybe
                || query.groupBy.contains(where: { $0.isInRows(of: series) })
            {
                inRows.insert(index + 1)
            }
        }
        let timeDimensions = query.groupBy.filter { $0.period != nil }
        let source = try RollupSource(database, facts)
        let cuts = PeriodCuts(timeDimensions, timeZone: query.timeZone)
        var known: [Int: Bool] = [:]
        func isWanted(_ key: RollupKey) -> Bool {
            let pair = key.series << 12 | key.result
            if let known = known[pair] { return known }
            let verdict = matcher.verdict(series: key.series, result: key.result)
            let isWantedHere = verdict != .no && !inRows.contains(key.series)
            known[pair] = isWantedHere
            return isWantedHere
        }
        try source.forEachPending(
            from: query.fromMicroseconds,
            to: query.toMicroseconds,
            periods: cuts,
            where: isWanted
        ) {
            try add($2, $0, $1, cuts, weight: $3)
        }
        // Kept sums must depend on the table alone.
        let kept = inRows.isEmpty ? try addKept(source, database, isWanted) : nil
        for part in [
            (query.fromMicroseconds, kept?.from ?? query.toMicroseconds),
            (kept?.to ?? query.toMicroseconds, query.toMicroseconds),
        ] {
            try source.forEachFlushed(from: part.0, to: part.1, periods: cuts, where: isWanted) {
                try add($2, $0, $1, cuts, weight: $3)
            }
        }
        try source.forEachInFlight(from: query.fromMicroseconds, to: query.toMicroseconds) { record, _ in
            if matcher.matches(record) { try add(record) }
        }
        guard !inRows.isEmpty else { return }
        guard let pruned else { return try addRows(database, inRows) }
        let (last, isBeyond) = pruned.beforeMicroseconds.addingReportingOverflow(RollupKey.quarterLength - 1)
        let end = PruneBoundary.quarter(of: isBeyond ? .max : last)
        try addPruned(source, matcher, cuts, inRows, to: min(end, query.toMicroseconds))
        if end < query.toMicroseconds { try addRows(database, inRows, from: max(end, query.fromMicroseconds)) }
    }

    /// Adds the sums of whole days that the cache keeps, or that it will keep.
    ///
    /// - Returns: The days; `nil` if nothing was added.
    private mutating func addKept(
        _ source: RollupSource,
        _ database: Database,
        _ isWanted: (RollupKey) -> Bool
    ) throws -> KeptDays? {
        guard let cache, let newest = try RollupDays.newest(database), let days = KeptDays(query, newest: newest) else {
            return nil
        }
        let stamps = try RollupDays.stamps(from: days.from, to: days.to, database)
        let key = ReportCache.Key(query, from: days.from, to: days.to)
        var groups = cache.groups(key, stamps)
        if groups == nil {
            var part = ReportBuilder(query, facts, groupLimit: groupLimit)
            let head = cache.head(of: key, stamps)
            try part.add(head?.groups ?? [])
            let cuts = PeriodCuts(query.groupBy.filter { $0.period != nil }, timeZone: query.timeZone)
            try source.forEachFlushed(from: head?.end ?? days.from, to: days.to, periods: cuts, where: isWanted) {
                try part.add($2, $0, $1, cuts, weight: $3)
            }
            found = ReportCache.Found(key: key, stamps: stamps, groups: part.groups)
            groups = part.groups
        }
        try add(groups ?? [])
        return days
    }

    private mutating func add(_ groups: [MergeableReport.Group]) throws {
        for one in groups {
            let place = try group(of: one.values)
            self.groups[place].sums.add(one.sums)
        }
    }

    /// Adds the rollups of calls whose rows may be pruned, and counts calls for which only the rows would have the answer.
    private mutating func addPruned(
        _ source: RollupSource,
        _ matcher: CallMatcher,
        _ cuts: PeriodCuts,
        _ series: Set<Int>,
        to end: Int64
    ) throws {
        try source.forEach(
            from: query.fromMicroseconds,
            to: end,
            periods: cuts,
            where: { series.contains($0.series) && matcher.verdict(series: $0.series, result: $0.result) != .no },
            { period, key, content, weight in
                let sums = try content.sums()
                if matcher.verdict(series: key.series) == .maybe {
                    pruned?.leftOutCalls += sums.calls * weight
                    return
                }
                pruned?.ungroupedCalls += sums.calls * weight
                try add(.sums(sums), period, key, cuts, weight: weight)
            }
        )
    }

    private mutating func add(
        _ content: RollupSource.Content,
        _ period: Int,
        _ key: RollupKey,
        _ cuts: PeriodCuts,
        weight: Int64
    ) throws {
        let kind = kind(of: key)
        let group = try group(of: period, kind, cuts)
        if kind.isPlain { return try groups[group].sums.addCompleted(content, weight: weight) }
        groups[group].sums.add(
            try content.sums(),
            endpoint: facts.series(Int64(key.series))?[.endpoint],
            facts.result(Int64(key.result)),
            weight: weight
        )
    }

    private mutating func kind(of key: RollupKey) -> Kind {
        let pair = key.series << 12 | key.result
        if let known = kinds[pair] { return known }
        let (series, result) = (facts.series(Int64(key.series)), facts.result(Int64(key.result)))
        let values = groupings.filter { $0.dimension.period == nil }.map { $0.value(series, result) }
        let number = numbersByValues[values] ?? valuesByNumber.count
        if number == valuesByNumber.count {
            numbersByValues[values] = number
            valuesByNumber.append(values)
        }
        let isPlain = result?.outcome == .completed && series?[.endpoint] != Endpoint.other.name
        let kind = Kind(values: number, isPlain: isPlain)
        kinds[pair] = kind
        return kind
    }

    /// Adds the rows of some series; calls in flight are included only if all series are wanted.
    private mutating func addRows(_ database: Database, _ series: Set<Int>?, from start: Int64? = nil) throws {
        var calls = CallsQuery()
        (calls.fromMicroseconds, calls.toMicroseconds, calls.filter) = (
            start ?? query.fromMicroseconds, query.toMicroseconds, query.filter
        )
        try RowSource(database, facts).forEach(calls, series: series) { record in
            if series == nil || record.outcome != .open { try add(record) }
            return true
        }
    }

    private mutating func add(_ record: CallRecord) throws {
        let values = groupings.indices.map { groupings[$0].value(record) }
        let group = try group(of: values)
        groups[group].sums.add(record)
    }

    private mutating func group(of period: Int, _ kind: Kind, _ cuts: PeriodCuts) throws -> Int {
        let place = period << 32 | kind.values
        if let known = groupsByPlace[place] { return known }
        var times = cuts.periods[period].values[...]
        var others = valuesByNumber[kind.values][...]
        let values = groupings.map { $0.dimension.period != nil ? times.removeFirst() : others.removeFirst() }
        let group = try group(of: values)
        groupsByPlace[place] = group
        return group
    }

    private mutating func group(of values: [ReportGrouping.Value]) throws -> Int {
        if let known = groupsByValues[values] { return known }
        guard groups.count < groupLimit else { throw TooManyGroups(limit: groupLimit) }
        groupsByValues[values] = groups.count
        groups.append(MergeableReport.Group(values: values, sums: ReportAccumulator(keepsLatencies: keepsLatencies)))
        return groups.count - 1
    }
}

/// The error of a report with more groups than its reader takes.
package struct TooManyGroups: Error, Equatable {
    /// The most groups.
    package let limit: Int
}

extension LedgerReader {
    /// The most rows that a report reads for exact percentiles.
    package static let exactReportLimit = 10_000

    /// Returns the sums over the calls of a time range.
    ///
    /// - Parameter query: The range, the grouping and the filter.
    /// - Returns: The report. Percentiles are exact for up to 10,000 calls in the range, and within 1 % for more.
    /// - Throws: A ``LedgerError``.
    public func report(_ query: ReportQuery) throws -> Report {
        try report(query, exactLimit: Self.exactReportLimit)
    }

    /// Returns the sums over the calls of a time range, from rollups if there are more rows than a limit.
    ///
    /// - Throws: A ``LedgerError``, or ``TooManyGroups``.
    package func report(_ query: ReportQuery, exactLimit: Int, groupLimit: Int = .max) throws -> Report {
        try mergeableReport(query, exactLimit: exactLimit, groupLimit: groupLimit).report
    }

    /// Returns the sums over the calls of a time range in a form that can be merged with other ledgers' sums.
    ///
    /// - Throws: A ``LedgerError``, or ``TooManyGroups``.
    package func mergeableReport(
        _ query: ReportQuery,
        exactLimit: Int = LedgerReader.exactReportLimit,
        groupLimit: Int = .max
    ) throws -> MergeableReport {
        let (report, found) = try read { database, facts in
            var builder = ReportBuilder(query, facts, groupLimit: groupLimit, cache: cache)
            return (try builder.report(database, exactLimit: exactLimit), builder.found)
        }
        if let found { cache?.keep(found) }
        return report
    }
}
