import GRDB
package import OpenAIUsage

/// The sums over all calls that a ledger has ever held, by what they share.
///
/// They are those of the rollups, and stay when rows are pruned.
package struct LedgerTotals: Sendable {
    /// The sums of the calls of one series that ended in one way.
    package struct Line: Sendable {
        /// The project; `nil` if rows bear it themselves.
        package let project: String?
        /// The model that served; `nil` if there is none, or rows bear it themselves.
        package let model: String?
        /// True if rows bear the model themselves.
        package let isModelUnknown: Bool
        /// The endpoint's name.
        package let endpoint: String
        /// The outcome.
        package let outcome: Outcome
        /// The HTTP status; `nil` if there was no response.
        package let status: Int?
        /// The `type` of the API's error.
        package let errorType: String?
        /// The `code` of the API's error.
        package let errorCode: String?
        private let sums: RollupSums

        fileprivate init(_ series: Series?, _ result: CallResult?, _ sums: RollupSums) {
            project = series?[.project]
            model = series?[.model]
            isModelUnknown = series?.isInRow(.model) ?? true
            endpoint = series?[.endpoint] ?? ""
            outcome = result?.outcome ?? .interrupted
            status = result?.status
            errorType = result?.errorType
            errorCode = result?.errorCode
            self.sums = sums
        }

        /// The calls.
        package var calls: Int64 { sums.calls }
        /// The calls whose cost is unknown, or known in part.
        package var unpricedCalls: Int64 { sums.unpricedCalls }
        /// The calls whose usage should be known and is not.
        package var callsWithoutUsage: Int64 { sums.callsWithoutUsage }
        /// The known cost in millionths of a millionth of a US dollar; `nil` if none is known.
        package var costPicoUSD: Int128? { sums.cost.known }
        /// The times that calls took.
        package var duration: LatencyBuckets { LatencyBuckets(sums.duration) }
        /// The times that calls took, as the provider says.
        package var processing: LatencyBuckets { LatencyBuckets(sums.processing) }
        /// The times to the first content.
        package var timeToFirstToken: LatencyBuckets { LatencyBuckets(sums.timeToFirstToken) }

        /// The sum of a counter; `nil` if no call told it.
        package subscript(counter: TokenCounter) -> Int128? { sums[counter].known }
    }

    /// The sums, in the order in which their series came into the ledger, which never changes.
    package var lines: [Line] = []
    /// The calls that have not ended and have a row, by the name of their endpoint.
    package var openCalls: [String: Int64] = [:]
    /// The newest rate limits by project and model.
    package var rateLimits: [LatestRateLimit] = []
}

/// Latencies that are counted by value, within 0.8 %.
package struct LatencyBuckets: Sendable {
    private let histogram: LatencyHistogram

    init(_ histogram: LatencyHistogram) {
        self.histogram = histogram
    }

    /// Calls a body with each value, in microseconds, and how many latencies have it, by value.
    package func visit(_ body: (_ microseconds: Int64, _ count: Int64) -> Void) { histogram.visit(body) }
}

/// Reads the sums over all calls of a ledger, again only when something was written.
package final class LedgerTotalsReader: Sendable {
    private struct Cached {
        /// The connection whose version it is; another one counts from elsewhere.
        var database: Database
        var version: Int64
        var totals: LedgerTotals
    }

    private let reader: AsyncLedgerReader
    private let cached = CachedTotals()

    /// The sums that were read last.
    // SAFETY: `value` is read and written in `AsyncLedgerReader.run` alone, whose reads follow one another on one queue.
    private final class CachedTotals: @unchecked Sendable {
        var value: Cached?
    }

    /// Creates a reader; nothing is opened yet.
    package init(path: String) {
        reader = AsyncLedgerReader(path: path)
    }

    /// The sums.
    ///
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    package func totals() async throws -> LedgerTotals {
        let cached = cached
        return try await reader.run { reader in
            try reader.read { database, facts in
                let version = try Int64.fetchOne(database, sql: "PRAGMA data_version") ?? 0
                if let known = cached.value, known.database === database, known.version == version {
                    return known.totals
                }
                let totals = try LedgerTotals(database, facts)
                cached.value = Cached(database: database, version: version, totals: totals)
                return totals
            }
        }
    }
}

extension LedgerTotals {
    /// Reads the sums of an open ledger.
    fileprivate init(_ database: Database, _ facts: SharedTables) throws {
        var sums: [Int64: RollupSums] = [:]
        let source = try RollupSource(database, facts)
        try source.forEach(from: .min, to: .max) { _, key, part, weight in
            try part.add(to: &sums[Int64(key.series) << 12 | Int64(key.result), default: RollupSums()], weight: weight)
        }
        lines = sums.keys.sorted().compactMap { place in
            guard let sum = sums[place], sum.calls != 0 else { return nil }
            return Line(facts.series(place >> 12), facts.result(place & 0xfff), sum)
        }
        try source.forEachInFlight(from: .min, to: .max) { record, _ in openCalls[record.endpoint.name, default: 0] += 1
        }
        rateLimits = try LatestRateLimit.all(database)
    }
}
