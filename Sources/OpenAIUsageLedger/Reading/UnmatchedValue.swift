import OpenAIUsage

/// A value of a filter that no call of a ledger has, at any time.
package struct UnmatchedValue: Sendable, Equatable {
    /// The dimension of the value.
    package var dimension: ReportDimension
    /// The value as it was asked for.
    package var value: String
    /// The values that calls have in the dimension, in alphabetical order.
    package var known: [String]

    package init(dimension: ReportDimension, value: String, known: [String]) {
        self.dimension = dimension
        self.value = value
        self.known = known
    }
}

extension LedgerReader {
    /// The most known values of an unmatched one.
    private static let knownLimit = 10_000

    /// Returns the values of a filter that no call of the ledger has, which are likely typing errors.
    ///
    /// A dimension of which some values are stored in the rows alone is left out.
    ///
    /// - Throws: A ``LedgerError``.
    package func unmatchedValues(_ filter: CallFilter) throws -> [UnmatchedValue] {
        try read { _, facts in
            var unmatched: [UnmatchedValue] = []
            for condition in filter.conditions {
                let dimension = condition.dimension
                guard let known = Self.values(of: dimension, facts) else { continue }
                for value in condition.values where value != CallFilter.missing {
                    let rule = CallMatcher.Rule(CallFilter.Condition(dimension, [value]))
                    if known.contains(where: { rule.isSatisfied(by: $0) }) { continue }
                    let sorted = known.sorted().prefix(Self.knownLimit)
                    unmatched.append(UnmatchedValue(dimension: dimension, value: value, known: Array(sorted)))
                }
            }
            return unmatched
        }
    }

    /// Returns the values that calls have in a dimension, in alphabetical order.
    ///
    /// Values that are stored in the rows alone, as those of a dimension with very many, are not included.
    ///
    /// - Throws: A ``LedgerError``.
    package func values(of dimension: ReportDimension) throws -> [String] {
        try read { _, facts in (Self.values(of: dimension, facts, isPartial: true) ?? []).sorted() }
    }

    /// Returns the names of the tags that calls have, at most 100, in alphabetical order.
    ///
    /// - Throws: A ``LedgerError``.
    package func tagNames() throws -> [String] {
        try read { _, facts in
            var names: Set<String> = []
            for series in facts.series { for pair in series.value.tags.pairs { names.insert(pair.key) } }
            return Array(names.sorted().prefix(100))
        }
    }

    /// Returns the values of the shared rows; `nil` if rows have others.
    private static func values(
        of dimension: ReportDimension,
        _ facts: SharedTables,
        isPartial: Bool = false
    ) -> Set<String>? {
        let results = facts.results.lazy.map(\.value)
        switch dimension {
        case .outcome: return Set(results.map(\.outcome.rawValue))
        case .status: return Set(results.compactMap { $0.status.map { String($0) } })
        case .errorCode:
            if !isPartial, results.contains(where: \.isErrorInRow) { return nil }
            return Set(results.compactMap { $0.errorCode ?? $0.errorType })
        default: break
        }
        guard let field = dimension.field else { return nil }
        var values: Set<String> = []
        for series in facts.series.lazy.map(\.value) {
            if series.isInRow(field) {
                if isPartial { continue }
                return nil
            }
            switch dimension {
            case .tag(let name): if let value = series.tags[name] { values.insert(value) }
            case .key: if let key = series.key?.description ?? series[.key] { values.insert(key) }
            case .model:
                if let model = series[.model] { values.insert(model) }
                if let model = series[.requestModel] { values.insert(model) }
            default: if let value = series[field] { values.insert(value) }
            }
        }
        return values
    }
}
