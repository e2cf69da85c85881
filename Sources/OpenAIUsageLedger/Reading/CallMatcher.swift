import OpenAIUsage

/// A filter applied to rows by their shared rows or, if those do not decide, by the record itself.
struct CallMatcher {
    /// The decision of a filter before a row is decoded.
    enum Verdict {
        case no, maybe, yes
    }

    private let filter: CallFilter
    private let series: [Verdict]
    private let results: [Verdict]
    /// True if the filter allows every row.
    let passesAll: Bool

    /// Creates a matcher.
    ///
    /// - Parameters:
    ///   - filter: The conditions for calls.
    ///   - facts: The shared rows.
    ///   - only: The only allowed series; `nil` for all.
    init(_ filter: CallFilter, _ facts: SharedTables, series only: Set<Int>? = nil) {
        self.filter = filter
        passesAll = filter == CallFilter() && only == nil
        series = facts.series.lazy.map(\.value).enumerated().map { index, series in
            only?.contains(index + 1) ?? true ? Self.verdict(series, filter) : .no
        }
        let outcomes = Set(filter.outcomes)
        results = facts.results.map { outcomes.isEmpty || outcomes.contains($0.value.outcome) ? .yes : .no }
    }

    /// Returns the decision for the rows with a series and a result.
    func verdict(series number: Int, result: Int) -> Verdict {
        let ofResult = results.indices.contains(abs(result) - 1) ? results[abs(result) - 1] : .maybe
        guard ofResult != .no else { return .no }
        return verdict(series: number)
    }

    /// Returns the decision for the rows with a series.
    func verdict(series number: Int) -> Verdict {
        series.indices.contains(number - 1) ? series[number - 1] : .maybe
    }

    /// True if the filter allows no row.
    var passesNone: Bool { !series.isEmpty && series.allSatisfy { $0 == .no } }

    /// The most numbers in a condition.
    private static let conditionLimit = 2_000

    /// The part of the filter on two columns for SQLite, as ` AND ...`; necessary for a match, but not sufficient.
    var condition: String {
        func condition(_ column: String, _ verdicts: [Verdict]) -> String {
            let numbers = verdicts.indices.filter { verdicts[$0] != .no }.map { $0 + 1 }
            guard numbers.count < verdicts.count, numbers.count <= Self.conditionLimit else { return "" }
            let list = numbers.map(String.init).joined(separator: ", ")
            return " AND (\(column) IN (\(list)) OR \(column) > \(verdicts.count))"
        }
        return condition("+series", series) + condition("abs(result)", results)
    }

    /// True if the filter allows a record.
    func matches(_ record: CallRecord) -> Bool {
        func matches(_ values: [String], _ candidates: String?...) -> Bool {
            values.isEmpty || candidates.contains { $0.map(values.contains) ?? false }
        }
        guard matches(filter.projects, record.project), matches(filter.models, record.model, record.requestModel),
            matches(filter.endpoints, record.endpoint.name), matches(filter.organizations, record.organization),
            matches(filter.clients, record.client), matches(filter.serviceTiers, record.serviceTier),
            filter.outcomes.isEmpty || filter.outcomes.contains(record.outcome)
        else { return false }
        if !filter.keys.isEmpty {
            guard let key = Series.text(.key, of: record), filter.keys.contains(where: { key.contains($0) }) else {
                return false
            }
        }
        return filter.tags.pairs.allSatisfy { record.tags[$0.key] == $0.value }
    }

    private static func verdict(_ series: Series, _ filter: CallFilter) -> Verdict {
        var verdict = Verdict.yes
        func check(_ values: [String], _ fields: Series.Field...) {
            guard !values.isEmpty, verdict != .no else { return }
            if fields.contains(where: { series[$0].map(values.contains) ?? false }) { return }
            verdict = fields.contains(where: series.isInRow) ? .maybe : .no
        }
        check(filter.projects, .project)
        check(filter.models, .model, .requestModel)
        check(filter.endpoints, .endpoint)
        check(filter.organizations, .organization)
        check(filter.clients, .client)
        check(filter.serviceTiers, .serviceTier)
        if !filter.keys.isEmpty, verdict != .no {
            if series.isInRow(.key) {
                verdict = .maybe
            } else if !filter.keys.contains(where: { series[.key]?.contains($0) ?? false }) {
                verdict = .no
            }
        }
        if !filter.tags.isEmpty, verdict != .no {
            if series.isInRow(.tags) {
                verdict = .maybe
            } else if !filter.tags.pairs.allSatisfy({ series.tags[$0.key] == $0.value }) {
                verdict = .no
            }
        }
        return verdict
    }
}
