package import OpenAIUsage

/// Several ledgers read as one.
package struct LedgerUnion: Sendable {
    /// The reason why ledgers cannot be read as one.
    package struct Conflict: Error, CustomStringConvertible {
        /// The reason as a sentence with the remedy.
        package var description: String
    }

    /// The most ledgers in a union.
    package static let maximumCount = 32

    private let sources: [any LedgerSource]

    /// Creates a union.
    ///
    /// - Parameter sources: The ledgers, which must differ.
    package init(_ sources: [any LedgerSource]) {
        self.sources = sources
    }

    /// Returns a report over the calls of all ledgers.
    ///
    /// Counts, tokens and costs are exact. Percentiles are those of all calls together: exact if every ledger has few calls in
    /// the range, otherwise within 1 %.
    ///
    /// - Parameters:
    ///   - request: The report.
    ///   - now: The time in microseconds since 1970.
    /// - Returns: The report.
    /// - Throws: The error of the first unreadable ledger, since a sum without it would look complete; a ``Conflict`` if two
    ///   ledgers share calls.
    package func report(_ request: ReportRequest, now: Int64) async throws -> Report {
        try await mergeableReport(request, now: now).report
    }

    /// Returns the sums of ``report(_:now:)`` by group.
    package func mergeableReport(_ request: ReportRequest, now: Int64) async throws -> MergeableReport {
        var request = request
        request.selection = try request.selection.resolved(now: now)
        let (resolved, sources) = (request, sources)
        let reports = try await withThrowingTaskGroup(of: (Int, MergeableReport).self) { group in
            for (index, source) in sources.enumerated() {
                group.addTask { (index, try await source.report(resolved)) }
            }
            var reports: [MergeableReport?] = Array(repeating: nil, count: sources.count)
            for try await (index, report) in group { reports[index] = report }
            return reports.compactMap { $0 }
        }
        try requireDifferent(reports.map(\.ledger))
        guard var sum = reports.first else { throw Conflict(description: "No ledger is named.") }
        // A ledger without calls has no first call, and its range begins in 1970.
        let beginnings = reports.map(\.query.fromMicroseconds).filter { $0 != 0 }
        for report in reports.dropFirst() { sum.add(report) }
        if resolved.selection.since == nil, let first = beginnings.min() { sum.query.fromMicroseconds = first }
        return sum
    }

    /// Lists the calls of all ledgers in ID order, which is the order of their starts; duplicates are listed once.
    ///
    /// - Parameters:
    ///   - request: The query; its limit selects the latest calls, or the first ones after the call that it names.
    ///   - now: The time in microseconds since 1970.
    /// - Returns: The calls, the oldest first, read on demand.
    /// - Throws: The error of an unreadable ledger.
    package func listing(_ request: CallsRequest, now: Int64) async throws -> CallListing {
        var request = request
        request.selection = try request.selection.resolved(now: now, hasEnd: false)
        let rest = request.limit ?? .max
        if let limit = request.limit, request.after == nil {
            guard limit > CallsRequest.pageSize else {
                return CallListing(latest: try await latest(limit, request))
            }
            // The latest calls are counted backward and then read forward, so that they need not be buffered.
            guard let first = try await first(ofLatest: limit, request) else { return CallListing(latest: []) }
            request.after = CallID(rawValue: first.rawValue - 1)
        }
        return CallListing(walk: CallWalk(sources, request, isBackward: false), rest: rest)
    }

    /// Returns the latest calls, the newest first.
    private func latest(_ limit: Int, _ request: CallsRequest) async throws -> [CallRecord] {
        guard limit > 0 else { return [] }
        var walk = CallWalk(sources, request, isBackward: true, pageSize: limit)
        var records: [CallRecord] = []
        while records.count < limit, let record = try await walk.next() { records.append(record) }
        return records
    }

    private func first(ofLatest limit: Int, _ request: CallsRequest) async throws -> CallID? {
        var walk = CallWalk(sources, request, isBackward: true)
        var found: CallID?
        for _ in 0..<limit {
            guard let record = try await walk.next() else { break }
            found = record.id
        }
        return found
    }

    /// Returns the calls with an identity in any of the ledgers, the oldest first.
    ///
    /// - Throws: The error of an unreadable ledger.
    package func calls(matching identity: String) async throws -> [CallRecord] {
        var found: [CallID: CallRecord] = [:]
        for source in sources {
            for record in try await source.calls(matching: identity).records {
                // One ledger may hold the end of a call, and another only its start.
                if let known = found[record.id], known.outcome != .open, known.outcome != .interrupted { continue }
                found[record.id] = record
            }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    /// Returns the costs that a call had in any of the ledgers before it was repriced, the oldest first.
    ///
    /// - Throws: The error of an unreadable ledger.
    package func formerCosts(of call: CallID) async throws -> [FormerCost] {
        var found: [FormerCost] = []
        for source in sources {
            for cost in try await source.formerCosts(of: call) where !found.contains(cost) { found.append(cost) }
        }
        return found.sorted { $0.repricedAt < $1.repricedAt }
    }

    /// Returns the names of the tags that calls of any ledger have, in alphabetical order.
    ///
    /// - Throws: The error of an unreadable ledger.
    package func tagNames() async throws -> [String] {
        var names: Set<String> = []
        for source in sources { names.formUnion(try await source.tagNames()) }
        return names.sorted()
    }

    /// Returns the identities of calls of any ledger that begin with a text, in alphabetical order.
    ///
    /// - Throws: The error of an unreadable ledger.
    package func identities(beginningWith prefix: String) async throws -> [String] {
        var identities: Set<String> = []
        for source in sources { identities.formUnion(try await source.identities(beginningWith: prefix)) }
        return identities.sorted()
    }

    /// Returns the newest rate limits of all ledgers by project and model, in alphabetical order.
    ///
    /// - Throws: The error of an unreadable ledger.
    package func limits() async throws -> [LatestRateLimit] {
        struct Key: Hashable {
            var project: String
            var model: String?
        }
        var found: [Key: LatestRateLimit] = [:]
        for source in sources {
            for limit in try await source.limits() {
                let key = Key(project: limit.project, model: limit.model)
                if let known = found[key], known.observedAtMicroseconds >= limit.observedAtMicroseconds { continue }
                found[key] = limit
            }
        }
        return found.values.sorted { ($0.project, $0.model ?? "") < ($1.project, $1.model ?? "") }
    }

    /// Throws if two ledgers may hold the same calls, which would be counted twice.
    private func requireDifferent(_ ledgers: [String?]) throws {
        let origins = ledgers.map { LedgerOrigins($0 ?? "") }
        for (index, origin) in origins.enumerated() {
            guard let other = origins[..<index].firstIndex(where: origin.overlaps) else { continue }
            throw Conflict(
                description:
                    "\(sources[other].name) and \(sources[index].name) are the same ledger, or copies of it, or one was merged of the other, whose calls would be counted twice; name one of them."
            )
        }
    }
}
