import OpenAIUsage

/// A ledger that is read: a file of this machine, or that of a gateway elsewhere.
package protocol LedgerSource: Sendable {
    /// The name of the ledger, as its reader gave it.
    var name: String { get }

    /// The sums of a report.
    ///
    /// - Parameter request: The report; the times of its range are absolute.
    /// - Returns: The sums.
    /// - Throws: An error that names the ledger.
    func report(_ request: ReportRequest) async throws -> MergeableReport

    /// Some calls, which are those of the request's query, in memory.
    ///
    /// - Parameter request: The calls; the times of its range are absolute, and there is a limit.
    /// - Returns: The calls, the oldest first.
    /// - Throws: An error that names the ledger.
    func page(_ request: CallsRequest) async throws -> CallPage

    /// The calls that an identity names; none if there is no such identity.
    func calls(matching identity: String) async throws -> CallPage

    /// The newest rate limits by project and model.
    func limits() async throws -> [LatestRateLimit]
}

/// A ledger in a file of this machine.
package struct LedgerFileSource: LedgerSource {
    private let reader: AsyncLedgerReader

    /// The file's path.
    package var name: String { reader.path }

    /// Creates a source; nothing is opened yet.
    package init(_ reader: AsyncLedgerReader) {
        self.reader = reader
    }

    package func report(_ request: ReportRequest) async throws -> MergeableReport {
        try await reader.run { try $0.mergeableReport(request) }
    }

    package func page(_ request: CallsRequest) async throws -> CallPage {
        try await reader.run { try $0.page(request) }
    }

    package func calls(matching identity: String) async throws -> CallPage {
        try await reader.run { CallPage(ledger: try $0.origins(), records: try $0.calls(matching: identity)) }
    }

    package func limits() async throws -> [LatestRateLimit] { try await reader.limits() }
}

extension LedgerReader {
    /// The report that a person asks for, from the ledger's first call if no start is given.
    ///
    /// - Parameters:
    ///   - request: The report.
    ///   - now: The time, in microseconds since 1970.
    /// - Returns: The report.
    /// - Throws: A ``ParameterError`` for a range that ends before it begins, or a ``LedgerError``.
    package func report(_ request: ReportRequest, now: Int64) throws -> Report {
        try report(try request.query(now: now) { try summary().first })
    }

    /// The sums of a report; the times of its range are absolute.
    package func mergeableReport(_ request: ReportRequest) throws -> MergeableReport {
        let query = try request.query(now: 0) { try summary().first }
        var report = try mergeableReport(query)
        report.ledger = try origins()
        return report
    }

    /// The calls of a request, the oldest first; the times of its range are absolute.
    package func page(_ request: CallsRequest) throws -> CallPage {
        let query = try request.query(now: 0)
        let records = try calls(query)
        return CallPage(ledger: try origins(), records: query.order == .newestFirst ? records.reversed() : records)
    }
}
