import OpenAIUsageLedger
import Synchronization

/// The readers of the gateway's own ledger; each serves one request at a time, on its own thread.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [AsyncLedgerReader] = []
        var leased = 0
        var streams = 0
        var isClosed = false
    }

    private let path: String
    private let capacity: Int
    private let streams: Int
    private let cache: ReportCache
    private let state = Mutex(State())

    /// Creates a pool without opening anything.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - capacity: The maximum number of requests served at once.
    ///   - streams: The maximum number of streams among them, which last for as long as their clients read.
    ///   - cache: The sums of reports that are read again.
    init(path: String, capacity: Int, streams: Int, cache: ReportCache = ReportCache()) {
        self.path = path
        self.cache = cache
        self.capacity = capacity
        self.streams = streams
    }

    /// Leases a reader.
    ///
    /// - Parameter isForStream: True for a stream, of which fewer are served.
    /// - Returns: The lease; `nil` if all are in use or the pool is closed.
    func take(isForStream: Bool = false) -> Lease? {
        state.withLock { state in
            guard !state.isClosed, state.leased < capacity, !isForStream || state.streams < streams else { return nil }
            state.leased += 1
            if isForStream { state.streams += 1 }
            return Lease(self, state.idle.popLast() ?? AsyncLedgerReader(path: path, cache: cache), isForStream)
        }
    }

    /// Closes the idle readers, and those in use when they are returned.
    ///
    /// The writer must be the last to close the file, so that it can checkpoint the write-ahead log.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle = []
        }
    }

    private func release(_ reader: AsyncLedgerReader, _ isForStream: Bool) {
        state.withLock { state in
            state.leased -= 1
            if isForStream { state.streams -= 1 }
            if !state.isClosed { state.idle.append(reader) }
        }
    }

    /// A reader that returns to the pool when the lease is deinitialized.
    final class Lease: Sendable {
        let reader: AsyncLedgerReader
        private let pool: ReaderPool
        private let isForStream: Bool

        fileprivate init(_ pool: ReaderPool, _ reader: AsyncLedgerReader, _ isForStream: Bool) {
            self.pool = pool
            self.reader = reader
            self.isForStream = isForStream
        }

        deinit { pool.release(reader, isForStream) }
    }
}
