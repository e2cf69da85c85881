import GRDB
package import OpenAIUsage

/// The sums over all calls that a ledger has ever held, by series and result.
///
/// They are taken from the rollups, and stay when rows are pruned.
package struct LedgerTotals: Sendable {
    /// The sums of the calls with one series and one result.
    package struct Line: Sendable {
        /// The project; `nil` if it is stored in the rows of calls.
        package let project: String?
        /// The answered model, or else the requested one; `nil` if there is none, or if it is stored in the rows of calls.
        package let model: String?
        /// True if the model is stored in the rows of calls.
        package let isModelUnknown: Bool
        /// The name of the endpoint.
        package let endpoint: String
        /// The outcome of the calls.
        package let outcome: Outcome
        /// The HTTP status; `nil` if there was no response.
        package let status: Int?
        /// The `type` of the API error.
        package let errorType: String?
        /// The `code` of the API error.
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

        /// The number of ended calls.
        package var calls: Int64 { sums.calls }
        /// The number of calls without a complete price.
        package var unpricedCalls: Int64 { sums.unpricedCalls }
        /// The number of calls whose usage is missing although expected.
        package var callsWithoutUsage: Int64 { sums.callsWithoutUsage }
        /// The known cost in picodollars (millionths of a millionth of a US dollar); `nil` if none is known.
        package var costPicoUSD: Int128? { sums.cost.known }
        /// The durations of the calls.
        package var duration: LatencyBuckets { LatencyBuckets(sums.duration) }
        /// The provider's processing times, as reported by the provider.
        package var processing: LatencyBuckets { LatencyBuckets(sums.processing) }
        /// The times to the first content.
        package var timeToFirstToken: LatencyBuckets { LatencyBuckets(sums.timeToFirstToken) }

        /// The sum of a counter; `nil` if no call reported it.
        package subscript(counter: TokenCounter) -> Int128? { sums[counter].known }
    }

    /// The sums in the order in which their series were added to the ledger, which never changes.
    package var lines: [Line] = []
    /// The number of calls in flight by the name of their endpoint.
    package var openCalls: [String: Int64] = [:]
    /// The newest rate limits by project and model.
    package var rateLimits: [LatestRateLimit] = []
}

/// Latencies counted by value, within 0.8 %.
package struct LatencyBuckets: Sendable {
    private let histogram: LatencyHistogram

    init(_ histogram: LatencyHistogram) {
        self.histogram = histogram
    }

    /// Calls a body with each value in microseconds and its count, in ascending order.
    package func visit(_ body: (_ microseconds: Int64, _ count: Int64) -> Void) { histogram.visit(body) }
}

/// Reads the sums over all calls of a ledger, and caches them until the ledger changes.
package final class LedgerTotalsReader: Sendable {
    private struct Cached {
        /// The connection of the version; versions of different connections cannot be compared.
        var database: Database
        var version: Int64
        var totals: LedgerTotals
    }

    private let reader: AsyncLedgerReader
    private let cached = CachedTotals()

    /// The sums of the last read.
    // SAFETY: `value` is read and written only in `AsyncLedgerReader.run`, whose reads run one after another on one queue.
    private final class CachedTotals: @unchecked Sendable {
        var value: Cached?
    }

    /// Creates a reader without opening the file.
    package init(path: String) {
        reader = AsyncLedgerReader(path: path)
    }

    /// Returns the sums.
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
    /// Creates the sums of an open ledger.
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
