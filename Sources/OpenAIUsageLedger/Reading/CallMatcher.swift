import OpenAIUsage

/// A filter applied to rows by their shared rows or, if those do not decide, by the record itself.
struct CallMatcher {
    /// The decision of a filter before a row is decoded.
    enum Verdict {
        case no, maybe, yes
    }

    /// A condition with its patterns prepared.
    struct Rule {
        let dimension: ReportDimension
        let globs: [Glob]
        /// True if a call without a value satisfies the condition.
        let isMissingAllowed: Bool
        let isExcluded: Bool

        init(_ condition: CallFilter.Condition) {
            dimension = condition.dimension
            isMissingAllowed = condition.values.contains(CallFilter.missing)
            // A part of every key is a dash.
            let values = condition.values.filter { $0 != CallFilter.missing || condition.dimension != .key }
            globs = values.map(Glob.init(_:))
            isExcluded = condition.isExcluded
        }

        /// True if values, of which some may be missing, satisfy the condition.
        func isSatisfied(by values: String?...) -> Bool {
            let isMatch = values.contains { value in
                value.map { value in globs.contains { matches($0, value) } } ?? false
            }
            if isMissingAllowed, values.allSatisfy({ $0 == nil }) { return !isExcluded }
            return isMatch != isExcluded
        }

        private func matches(_ glob: Glob, _ value: String) -> Bool {
            switch dimension {
            case .model, .requestedModel: glob.matches(value) || glob.matches(ModelAlias.alias(of: value))
            case .key: glob.isPattern ? glob.matches(value) : value.contains(glob.text)
            default: glob.matches(value)
            }
        }

        /// The decision for all calls of a series; `maybe` if the value is stored in their rows.
        func verdict(_ series: Series) -> Verdict {
            guard let field = dimension.field else { return .yes }
            if series.isInRow(field) { return .maybe }
            switch dimension {
            case .tag(let name): return isSatisfied(by: series.tags[name]) ? .yes : .no
            case .model:
                if series.isInRow(.requestModel) { return .maybe }
                return isSatisfied(by: series[.model], series[.requestModel]) ? .yes : .no
            default: return isSatisfied(by: series[field]) ? .yes : .no
            }
        }

        /// The decision for all calls of a result.
        func verdict(_ result: CallResult) -> Verdict {
            switch dimension {
            case .outcome: isSatisfied(by: result.outcome.rawValue) ? .yes : .no
            case .status: isSatisfied(by: result.status.map { String($0) }) ? .yes : .no
            case .errorCode:
                result.isErrorInRow
                    ? .maybe : isSatisfied(by: result.errorCode ?? result.errorType) ? .yes : .no
            default: .yes
            }
        }

        func isSatisfied(by record: CallRecord) -> Bool {
            switch dimension {
            case .outcome: isSatisfied(by: record.outcome.rawValue)
            case .status: isSatisfied(by: record.status.map { String($0) })
            case .errorCode: isSatisfied(by: record.errorCode ?? record.errorType)
            case .tag(let name): isSatisfied(by: record.tags[name])
            case .model: isSatisfied(by: record.model, record.requestModel)
            default: dimension.field.map { isSatisfied(by: Series.text($0, of: record)) } ?? true
            }
        }
    }

    private let rules: [Rule]
    private let minimumDuration: Int64?
    private let only: Set<Int>?
    private var series: [Verdict] = []
    private var results: [Verdict] = []
    /// True if the filter allows every row.
    let passesAll: Bool

    /// Creates a matcher for records alone.
    init(_ filter: CallFilter) {
        self.init(filter, SharedTables())
    }

    /// Creates a matcher.
    ///
    /// - Parameters:
    ///   - filter: The conditions for calls.
    ///   - facts: The shared rows.
    ///   - only: The only allowed series; `nil` for all.
    init(_ filter: CallFilter, _ facts: SharedTables, series only: Set<Int>? = nil) {
        rules = filter.conditions.map(Rule.init(_:))
        minimumDuration = filter.minimumDuration?.microseconds
        self.only = only
        passesAll = filter == CallFilter() && only == nil
        update(facts)
    }

    /// Decides on the shared rows that were added since the last update.
    mutating func update(_ facts: SharedTables) {
        // Every row is allowed, and there may be many.
        guard !passesAll else { return }
        func combined(_ verdict: (Rule) -> Verdict) -> Verdict {
            var combined = Verdict.yes
            for rule in rules {
                switch verdict(rule) {
                case .no: return .no
                case .maybe: combined = .maybe
                case .yes: break
                }
            }
            return combined
        }
        for index in min(series.count, facts.series.count)..<facts.series.count {
            let fact = facts.series[index].value
            var verdict = only?.contains(index + 1) ?? true ? combined { $0.verdict(fact) } : .no
            // No rollup tells how long a single call took.
            if verdict == .yes, minimumDuration != nil { verdict = .maybe }
            series.append(verdict)
        }
        for index in min(results.count, facts.results.count)..<facts.results.count {
            let fact = facts.results[index].value
            results.append(combined { $0.verdict(fact) })
        }
    }

    /// Returns the decision for the rows with a series and a result.
    func verdict(series number: Int, result: Int) -> Verdict {
        guard !passesAll else { return .yes }
        let ofResult = results.indices.contains(abs(result) - 1) ? results[abs(result) - 1] : .maybe
        guard ofResult != .no else { return .no }
        let ofSeries = verdict(series: number)
        return ofSeries == .yes ? ofResult : ofSeries
    }

    /// Returns the decision for the rows with a series.
    func verdict(series number: Int) -> Verdict {
        guard !passesAll else { return .yes }
        return series.indices.contains(number - 1) ? series[number - 1] : .maybe
    }

    /// True if only the rows of some result tell if they are allowed.
    var isResultUndecided: Bool { results.contains(.maybe) }

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
        if let minimumDuration {
            guard let duration = record.timing.durationMicroseconds, duration >= minimumDuration else { return false }
        }
        return rules.allSatisfy { $0.isSatisfied(by: record) }
    }
}
