import Dispatch
public import OpenAIUsage
import Synchronization

/// Reads a ledger from asynchronous code: the asynchronous counterpart of ``LedgerReader``.
///
/// ```swift
/// let reader = AsyncLedgerReader(path: "usage.db")
/// let report = try await reader.report(ReportQuery(from: monday, to: now))
/// ```
///
/// Reads run on a queue of the reader's own, so that SQLite never blocks a thread of the cooperative pool. The reads of one
/// reader run one after another; different readers are independent. A read whose task is canceled ends within milliseconds
/// and throws a `CancellationError`; the reader can be used again.
///
/// The first read opens the file. If that fails, the next read tries again, so that a reader may be created before there is a
/// ledger.
public final class AsyncLedgerReader: Sendable {
    /// The path of the SQLite file.
    public let path: String

    private let queue = DispatchQueue(label: "oai-usage.ledger.reader")
    private let reader = Mutex<LedgerReader?>(nil)
    private let progress: LedgerReader.Progress?
    private let cache: ReportCache?

    /// Creates a reader without opening the file.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - progress: Called on the reader's queue during an upgrade of an older ledger to the newest schema.
    public convenience init(path: String, progress: LedgerReader.Progress? = nil) {
        self.init(path: path, progress: progress, cache: nil)
    }

    /// Creates a reader without opening the file.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - progress: Called on the reader's queue during an upgrade of an older ledger to the newest schema.
    ///   - cache: The sums of reports that are read again, which several readers may share.
    package init(path: String, progress: LedgerReader.Progress? = nil, cache: ReportCache?) {
        self.path = path
        self.progress = progress
        self.cache = cache
    }

    /// Returns the sums over the calls of a time range.
    ///
    /// - Parameter query: The range, the grouping and the filter.
    /// - Returns: The report, as from ``LedgerReader/report(_:)``.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func report(_ query: ReportQuery) async throws -> Report {
        try await run { try $0.report(query) }
    }

    /// Returns the calls of a query, all in memory; give the query a limit.
    ///
    /// - Parameter query: The range, the filter, the order and the limit.
    /// - Returns: The calls in the order of the query.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func calls(_ query: CallsQuery) async throws -> [CallRecord] {
        try await run { try $0.calls(query) }
    }

    /// Passes the calls of a query to a closure.
    ///
    /// The ledger is read in parts, and no read is in progress during a call of the closure, which may take any time.
    ///
    /// - Parameters:
    ///   - query: The range, the filter, the order and the limit.
    ///   - body: Called with one call after another; returns false to stop.
    /// - Throws: A ``LedgerError``, a `CancellationError`, or the error of the closure.
    public func calls(_ query: CallsQuery, _ body: (CallRecord) async throws -> Bool) async throws {
        var parts = CallParts(query)
        while let part = parts.next {
            let records = try await calls(part)
            for record in records where try await !body(record) { return }
            parts.advance(records)
        }
    }

    /// Returns the calls with an identity, the oldest first, as from ``LedgerReader/calls(matching:)``.
    ///
    /// - Parameter identity: The identity.
    /// - Returns: The calls; none if the identity is unknown.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func calls(matching identity: String) async throws -> [CallRecord] {
        try await run { try $0.calls(matching: identity) }
    }

    /// Returns the newest rate limits by project and model, in alphabetical order.
    ///
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func limits() async throws -> [LatestRateLimit] {
        try await run { try $0.limits() }
    }

    /// Returns a summary of the ledger.
    ///
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func summary() async throws -> LedgerSummary {
        try await run { try $0.summary() }
    }

    /// Runs a read on the reader's queue.
    ///
    /// - Parameter body: The read, which must not wait for anything but the ledger.
    /// - Returns: The result of the read.
    /// - Throws: The error of the read, or a `CancellationError`.
    package func run<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerReader) throws -> Value
    ) async throws -> Value {
        let cancellation = ReadCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { [self] in
                    continuation.resume(with: Result { try read(cancellation, body) })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func read<Value>(
        _ cancellation: ReadCancellation,
        _ body: (LedgerReader) throws -> Value
    ) throws -> Value {
        try cancellation.check()
        let reader = try opened()
        return try reader.cancellable(by: cancellation) { try body(reader) }
    }

    /// Returns the reader, opening the ledger if necessary; called on the reader's queue.
    private func opened() throws -> LedgerReader {
        if let known = reader.withLock({ $0 }) { return known }
        let opened = try LedgerReader(path: path, progress: progress, cache: cache)
        reader.withLock { $0 = opened }
        return opened
    }
}

/// Splits a query into parts, so that no read lasts while calls are passed on.
struct CallParts {
    /// The least and the greatest number of calls in a part.
    private static let sizes = (first: 64, last: 1_024)

    private var query: CallsQuery
    private var rest: Int
    private var size = sizes.first

    init(_ query: CallsQuery) {
        self.query = query
        rest = query.limit ?? .max
    }

    /// The query of the next part; `nil` if there is none.
    var next: CallsQuery? {
        guard rest > 0 else { return nil }
        var part = query
        part.limit = min(size, rest)
        return part
    }

    /// Continues after the calls of a part.
    mutating func advance(_ records: [CallRecord]) {
        guard let last = records.last, records.count >= min(size, rest) else {
            rest = 0
            return
        }
        rest -= records.count
        size = min(size * 2, Self.sizes.last)
        switch query.order {
        case .oldestFirst: query.after = last.id
        case .newestFirst: query.before = last.id
        }
    }
}
