package import OpenAIUsage

/// A readable ledger: a file on this machine, or the ledger of a gateway elsewhere.
package protocol LedgerSource: Sendable {
    /// The name of the ledger as given by the user.
    var name: String { get }

    /// Returns the sums of a report.
    ///
    /// - Parameter request: The report, with absolute times.
    /// - Returns: The sums.
    /// - Throws: An error that names the ledger.
    func report(_ request: ReportRequest) async throws -> MergeableReport

    /// Returns a page of calls in memory.
    ///
    /// - Parameter request: The query, with absolute times and a limit.
    /// - Returns: The calls, the oldest first.
    /// - Throws: An error that names the ledger.
    func page(_ request: CallsRequest) async throws -> CallPage

    /// Returns the calls with an identity; none if it is unknown.
    func calls(matching identity: String) async throws -> CallPage

    /// Returns the newest rate limits by project and model.
    func limits() async throws -> [LatestRateLimit]

    /// Returns the costs that a call had before it was repriced, the oldest first.
    func formerCosts(of call: CallID) async throws -> [FormerCost]

    /// Returns the names of the tags that calls have, at most 100, in alphabetical order.
    func tagNames() async throws -> [String]

    /// Returns the identities of calls that begin with a text, at most 20, in alphabetical order.
    func identities(beginningWith prefix: String) async throws -> [String]
}

/// A ledger in a file on this machine.
package struct LedgerFileSource: LedgerSource {
    private let reader: AsyncLedgerReader

    /// The path of the file.
    package var name: String { reader.path }

    /// Creates a source without opening the file.
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

    package func formerCosts(of call: CallID) async throws -> [FormerCost] {
        try await reader.run { try $0.formerCosts(of: call) }
    }

    package func tagNames() async throws -> [String] { try await reader.run { try $0.tagNames() } }

    package func identities(beginningWith prefix: String) async throws -> [String] {
        try await reader.run { try $0.identities(beginningWith: prefix).identities }
    }
}

extension LedgerReader {
    /// Returns a report; without a start, it begins with the ledger's first call.
    ///
    /// - Parameters:
    ///   - request: The report.
    ///   - now: The time in microseconds since 1970.
    ///   - exactLimit: The most rows that are read for exact percentiles.
    ///   - groupLimit: The most groups.
    /// - Returns: The report.
    /// - Throws: A ``ParameterError`` if the range ends before it begins, a ``LedgerError``, or ``TooManyGroups``.
    package func report(
        _ request: ReportRequest,
        now: Int64,
        exactLimit: Int = LedgerReader.exactReportLimit,
        groupLimit: Int = .max
    ) throws -> Report {
        try report(
            try request.query(now: now) { try summary().firstMicroseconds },
            exactLimit: exactLimit,
            groupLimit: groupLimit
        )
    }

    /// Returns the sums of a report with absolute times.
    package func mergeableReport(_ request: ReportRequest, groupLimit: Int = .max) throws -> MergeableReport {
        let query = try request.query(now: 0) { try summary().firstMicroseconds }
        var report = try mergeableReport(query, groupLimit: groupLimit)
        report.ledger = try origins()
        return report
    }

    /// Returns the calls of a request with absolute times, the oldest first.
    package func page(_ request: CallsRequest) throws -> CallPage {
        let query = try request.query(now: 0)
        let records = try calls(query)
        return CallPage(ledger: try origins(), records: query.order == .newestFirst ? records.reversed() : records)
    }
}
