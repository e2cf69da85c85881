import OpenAIUsageLedger
import Synchronization

/// The readers of the gateway's own ledger; each serves one request at a time, on its own thread.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [AsyncLedgerReader] = []
        var leased = 0
        var isClosed = false
    }

    private let path: String
    private let capacity: Int
    private let state = Mutex(State())

    /// Creates a pool without opening anything.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - capacity: The maximum number of requests served at once.
    init(path: String, capacity: Int) {
        self.path = path
        self.capacity = capacity
    }

    /// Leases a reader; `nil` if all are in use or the pool is closed.
    func take() -> Lease? {
        state.withLock { state in
            guard !state.isClosed, state.leased < capacity else { return nil }
            state.leased += 1
            return Lease(self, state.idle.popLast() ?? AsyncLedgerReader(path: path))
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

    private func giveBack(_ reader: AsyncLedgerReader) {
        state.withLock { state in
            state.leased -= 1
            if !state.isClosed { state.idle.append(reader) }
        }
    }

    /// A reader that returns to the pool when the lease is deinitialized.
    final class Lease: Sendable {
        let reader: AsyncLedgerReader
        private let pool: ReaderPool

        fileprivate init(_ pool: ReaderPool, _ reader: AsyncLedgerReader) {
            self.pool = pool
            self.reader = reader
        }

        deinit { pool.giveBack(reader) }
    }
}
