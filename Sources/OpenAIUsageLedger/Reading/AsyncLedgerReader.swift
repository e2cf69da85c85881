import Dispatch
public import OpenAIUsage
import Synchronization

/// Reads a ledger from asynchronous code: what ``LedgerReader`` does, on a thread of the reader's own.
///
/// ```swift
/// let reader = AsyncLedgerReader(path: "usage.db")
/// let report = try await reader.report(ReportQuery(from: monday, to: now))
/// ```
///
/// No thread of the cooperative pool is held while SQLite reads. The reads of one reader follow one another; readers beside
/// it are independent. A read whose task is cancelled ends within milliseconds, and throws a `CancellationError`; the reader
/// can be used again.
///
/// The file is opened by the first read. A read that fails is tried anew by the next call, so that a reader may be made before
/// there is a ledger.
public final class AsyncLedgerReader: Sendable {
    /// The path of the SQLite file.
    public let path: String

    private let queue = DispatchQueue(label: "oai-usage.ledger.reader")
    private let reader = Mutex<LedgerReader?>(nil)
    private let progress: LedgerReader.Progress?

    /// Creates a reader; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - progress: Called on the reader's thread while a ledger of an older version is brought to the newest one.
    public init(path: String, progress: LedgerReader.Progress? = nil) {
        self.path = path
        self.progress = progress
    }

    /// The sums over the calls of a range of time.
    ///
    /// - Parameter query: The range, what the calls are grouped by, and which are looked at.
    /// - Returns: The report, as ``LedgerReader/report(_:)`` makes it.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func report(_ query: ReportQuery) async throws -> Report {
        try await run { try $0.report(query) }
    }

    /// The calls that a query asks for, all in memory: give it a limit.
    ///
    /// - Parameter query: The calls.
    /// - Returns: The calls in the order of the query.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func calls(_ query: CallsQuery) async throws -> [CallRecord] {
        try await run { try $0.calls(query) }
    }

    /// Hands out the calls that a query asks for.
    ///
    /// The ledger is read in parts, and no read is under way while a call is handed out: it may take as long as it likes.
    ///
    /// - Parameters:
    ///   - query: The calls, and their order.
    ///   - body: Called with one call after the other; returns true if it wants more.
    /// - Throws: A ``LedgerError``, a `CancellationError`, or the error of the body as it is.
    public func calls(_ query: CallsQuery, _ body: (CallRecord) async throws -> Bool) async throws {
        var parts = CallParts(query)
        while let part = parts.next {
            let records = try await calls(part)
            for record in records where try await !body(record) { return }
            parts.advance(records)
        }
    }

    /// The calls that an identity names, the oldest first, as ``LedgerReader/calls(matching:)`` finds them.
    ///
    /// - Parameter identity: The identity.
    /// - Returns: The calls; none if there is no such identity.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func calls(matching identity: String) async throws -> [CallRecord] {
        try await run { try $0.calls(matching: identity) }
    }

    /// The newest rate limits by project and model, in their alphabetical order.
    ///
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func limits() async throws -> [LatestRateLimit] {
        try await run { try $0.limits() }
    }

    /// The ledger's content in a few numbers.
    ///
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func summary() async throws -> LedgerSummary {
        try await run { try $0.summary() }
    }

    /// Reads on the reader's thread.
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

    /// Opens the ledger, on the reader's thread.
    private func opened() throws -> LedgerReader {
        if let known = reader.withLock({ $0 }) { return known }
        let opened = try LedgerReader(path: path, progress: progress)
        reader.withLock { $0 = opened }
        return opened
    }
}

/// The parts in which calls are read, so that no read lasts while they are handed out.
struct CallParts {
    /// The fewest and the most calls of a part.
    private static let sizes = (first: 64, last: 1_024)

    private var query: CallsQuery
    private var rest: Int
    private var size = sizes.first

    init(_ query: CallsQuery) {
        self.query = query
        rest = query.limit ?? .max
    }

    /// The next part; `nil` if there is none.
    var next: CallsQuery? {
        guard rest > 0 else { return nil }
        var part = query
        part.limit = min(size, rest)
        return part
    }

    /// Goes on behind the calls of a part.
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
