import OpenAIUsageLedger
import Synchronization

/// The readers of the gateway's own ledger, of which each serves one request at a time on a thread of its own.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [AsyncLedgerReader] = []
        var leased = 0
        var isClosed = false
    }

    private let path: String
    private let capacity: Int
    private let state = Mutex(State())

    /// Creates a pool; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - capacity: The most requests that are served at once.
    init(path: String, capacity: Int) {
        self.path = path
        self.capacity = capacity
    }

    /// Lends a reader; `nil` if all are in use.
    func take() -> Lease? {
        state.withLock { state in
            guard !state.isClosed, state.leased < capacity else { return nil }
            state.leased += 1
            return Lease(self, state.idle.popLast() ?? AsyncLedgerReader(path: path))
        }
    }

    /// Closes the readers, those in use when they are given back.
    ///
    /// The writer must be the last to close the file, so that it can empty its log.
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

    /// A reader that is given back when nobody refers to the lease any more.
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
