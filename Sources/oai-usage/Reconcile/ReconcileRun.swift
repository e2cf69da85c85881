import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The comparison of a history of answers with calls.
struct ReconcileRun {
    var history: ProviderHistory
    /// The redacted keys of the provider by identity.
    var keys: [String: String]
    var period: ReconcilePeriod
    /// The width of the buckets to compare; `nil` for the shortest that there are.
    var width: ProviderWidth?
    var filter: ReconcileFilter
    var dimensions: [ReconcileDimension]
    var book: PriceBook
    /// The time of settling in seconds.
    var settling: Int64
    /// The start of the day in which the provider was asked, in seconds since 1970; `nil` for saved answers.
    var today: Int64?
    /// The end of a message about answers that are not understood: where they are, and what to do.
    var advice = ""
    /// The notes of earlier steps.
    var notes: [String] = []

    private var comparesKeys: Bool { dimensions.contains(.key) || filter.hasKeys }

    /// The places of the buckets to compare, of one width a kind.
    private var places: [ProviderHistory.Key] {
        let inside = history.observations.keys.filter { period.from..<period.to ~= $0.start && $0.end <= period.to }
        var widths: [ProviderKind: Int64] = [:]
        for key in inside {
            let length = key.end - key.start
            if let width, key.kind != .costs, length == width.seconds { widths[key.kind] = -length }
            let known = widths[key.kind] ?? .max
            if known > 0 { widths[key.kind] = min(known, length) }
        }
        return inside.filter { abs(widths[$0.kind] ?? 0) == $0.end - $0.start }.sorted {
            ($0.kind.rawValue, $0.start) < ($1.kind.rawValue, $1.start)
        }
    }

    /// The time of the latest answer in microseconds since 1970; `nil` without any.
    var asOf: Int64? { places.compactMap { history.latest($0)?.fetchedAt }.max() }

    /// Compares.
    ///
    /// - Parameter calls: Calls the closure for each call before a time in microseconds since 1970.
    /// - Returns: The comparison.
    /// - Throws: A ``CommandFailure`` without answers, or for answers that are not understood.
    func report(calls: (Int64, (CallRecord) -> Void) async throws -> Void) async throws -> ReconcileReport {
        let places = places
        let buckets = places.compactMap { history.latest($0) }
        guard let asOf = buckets.map(\.fetchedAt).max() else {
            throw CommandFailure("The provider's answers have nothing of this period.")
        }
        let data = try data(buckets, keys: keys.isEmpty ? [:] : keys, models: [])
        var ours = OurUsage(book: book, hasKeys: comparesKeys, mergesProjects: data.mergesProjects, filter: filter) {
            data.width($0, $1)
        }
        // Calls that the provider could not know of yet are not compared.
        try await calls(min(period.to * 1_000_000, asOf + 1)) { ours.add($0) }
        let names = comparesKeys ? ProviderKeys.names(keys, hints: Set(ours.cells.keys.compactMap(\.key))) : [:]
        let models = Set(ours.cells.keys.map(\.model))
        var theirs = try self.data(buckets, keys: names, models: models)
        let renamer = ModelRenamer(theirs.models)
        ours.rename { renamer.name($0) }
        var kinds: [String: ProviderKind] = [:]
        for place in ours.cells.keys { kinds[place.model] = place.kind }
        if !comparesKeys { theirs.addTokensOfCosts { kinds[$0] ?? .completions } }
        var notes = notes
        let days = comparesKeys ? [] : theirs.costDays
        let left = ours.remove { !theirs.coversUsage($0) && !days.contains($0.day) }
        if left > 0 {
            notes.append(
                "\(NumberFormat.calls(left)) of ours left out: the provider's answers do not cover their days or kinds."
            )
        }
        if ours.otherCalls > 0 {
            notes.append("\(NumberFormat.calls(ours.otherCalls)) to other providers left out.")
        }
        let unpriced = ours.cells.values.reduce(Int64(0)) { $0 + $1.unpriced.values.reduce(0, +) }
        if unpriced > 0 {
            notes.append(
                "\(NumberFormat.calls(unpriced)) of ours without a full price: our cost is at least what is shown. Give --prices with their models, or run oai-usage reprice."
            )
        }
        if ours.openCalls > 0 { notes.append("\(NumberFormat.calls(ours.openCalls)) in flight left out.") }
        if theirs.mergesProjects {
            notes.append("Their answers are not grouped by project_id: projects are compared as one.")
        }
        if !theirs.hasTiers, !theirs.cells.isEmpty {
            notes.append("Their answers are not grouped by service_tier: tiers are not compared.")
        }
        if dimensions.contains(.hour) || dimensions.contains(.key) {
            notes.append("Their costs have neither hours nor keys: see them by day, project, model, tier or line item.")
        }
        let reconciliation = Reconciliation(
            ours,
            theirs,
            restatements: try restatements(places, names, models),
            settings: Reconciliation.Settings(book: book, settling: settling, ignoresCosts: comparesKeys)
        )
        let rows = reconciliation.rows(by: dimensions)
        if rows.isEmpty, let today, period.to <= today {
            notes.append(
                "Today, \(CivilDate(daysSince1970: today / 86_400).text), is not among these days: see --period today."
            )
        }
        return ReconcileReport(
            period: period,
            asOf: asOf,
            width: places.contains { $0.end - $0.start == 3_600 } ? .hour : .day,
            dimensions: dimensions,
            rows: rows,
            whole: reconciliation.rows(by: []),
            projects: reconciliation.projects,
            causes: reconciliation.causes,
            totals: ReconcileTotals(reconciliation),
            unrecognized: reconciliation.unrecognized,
            restated: try restated(places),
            hasCosts: !comparesKeys && !theirs.costDays.isEmpty,
            hasUsage: theirs.fetchedAt.keys.contains { $0 != .costs },
            notes: notes
        )
    }

    private func data(
        _ buckets: [ProviderBucket],
        keys: [String: String],
        models: Set<String>
    ) throws -> ProviderData {
        do throws(ProviderDataError) {
            return try ProviderData(buckets, filter: filter, keys: comparesKeys ? keys : nil, book: book) {
                models.contains($0)
            }
        } catch {
            throw CommandFailure("The provider's answers are not understood: \(error)\(advice)")
        }
    }

    // MARK: - Restatements

    private func restatements(
        _ places: [ProviderHistory.Key],
        _ names: [String: String],
        _ models: Set<String>
    ) throws -> [UsageCell: Reconciliation.Restatement] {
        var changes: [UsageCell: Reconciliation.Restatement] = [:]
        for place in places where place.kind != .costs {
            guard let change = history.restatement(place, settling: settling) else { continue }
            for (observation, sign) in [(change.before, Int64(-1)), (change.after, 1)] {
                for (cell, usage) in try data([observation.bucket], keys: names, models: models).cells {
                    changes[cell, default: Reconciliation.Restatement()].requests += sign * usage.allRequests
                    for (meter, count) in usage.tokens {
                        changes[cell]?.tokens[meter, default: 0] += Int128(sign) * count
                    }
                }
            }
        }
        return changes
    }

    private func restated(_ places: [ProviderHistory.Key]) throws -> [ReconcileReport.Restated] {
        try places.compactMap { place in
            guard let change = history.restatement(place, settling: settling) else { return nil }
            let before = try data([change.before.bucket], keys: [:], models: [])
            let after = try data([change.after.bucket], keys: [:], models: [])
            func tokens(_ data: ProviderData) -> Int128 {
                data.cells.values.reduce(0) { $0 + $1.tokens.values.reduce(0, +) }
            }
            func requests(_ data: ProviderData) -> Int64 { data.cells.values.reduce(0) { $0 + $1.allRequests } }
            func cost(_ data: ProviderData) -> Int128 { data.costs.reduce(0) { $0 + $1.picoUSD } }
            return ReconcileReport.Restated(
                kind: place.kind,
                start: place.start,
                before: change.before.last,
                after: change.after.first,
                requests: requests(after) - requests(before),
                tokens: tokens(after) - tokens(before),
                picoUSD: cost(after) - cost(before)
            )
        }
    }
}

/// The provider's names of models for ours: a snapshot for its alias, or the other way around.
struct ModelRenamer {
    private let models: Set<String>
    private let byAlias: [String: [String]]

    init(_ models: Set<String>) {
        self.models = models
        byAlias = Dictionary(grouping: models.sorted()) { ModelAlias.alias(of: $0) }
    }

    /// Returns the provider's name; the same name if it has that, or if several others fit.
    func name(_ model: String) -> String {
        if models.contains(model) { return model }
        let alias = ModelAlias.alias(of: model)
        // Two snapshots are two models; only a name without a date stands for another.
        guard let fitting = byAlias[alias], fitting.count == 1, let only = fitting.first,
            model == alias || only == alias
        else { return model }
        return only
    }
}
