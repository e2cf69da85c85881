import GRDB
import OpenAIUsage

/// The loop of the thread that writes: it takes whatever is queued, commits it at once, and takes again.
struct LedgerWriter {
    /// The most rows of one transaction, which bounds the time until the first of them is told.
    static let maximumBatch = 4_096
    /// The pages of the write-ahead log from which on it is copied into the database when nothing else is to be done.
    static let checkpointThreshold = 1_000
    /// The same when there is always something else to be done.
    static let urgentCheckpointThreshold = 16_000

    /// The rows from which on their identities are sealed when the ledger closes.
    static let finalSegmentLength = 512

    private let queue: RecordQueue
    private let database: DatabaseQueue
    private let options: LedgerOptions
    private let log: LogLength
    private let sealThreshold: Int
    private var copiedPages = 0
    private var store: CallStore

    init(queue: RecordQueue, database: DatabaseQueue, log: LogLength, store: CallStore, options: LedgerOptions) {
        self.queue = queue
        self.database = database
        self.log = log
        self.store = store
        sealThreshold = max(1, options.sealThreshold)
        self.options = options
    }

    /// Runs until the ledger closes.
    mutating func run() {
        while let items = queue.take() {
            var rest = items[...]
            while !rest.isEmpty {
                let batch = rest.prefix(Self.maximumBatch)
                rest = rest.dropFirst(batch.count)
                commit(batch)
                maintain(isIdle: rest.isEmpty && queue.isIdle)
            }
            // One at a time, so that records never wait for more than one.
            if let command = queue.takeCommand() {
                perform(command)
                maintain(isIdle: queue.isIdle)
            }
        }
        end()
    }

    private mutating func perform(_ command: WriterCommand) {
        do {
            try database.writeWithoutTransaction { try command.body(&store, $0) }
            command.completion(.success(()))
        } catch {
            command.completion(.failure(LedgerError(error, path: database.path)))
        }
    }

    private mutating func commit(_ batch: ArraySlice<RecordQueue.Item>) {
        var pause = 5
        while true {
            if queue.isPastDeadline {
                queue.resolve(batch, batch.map { _ in .dropped(.shutdown) }, isCommit: false)
                return
            }
            do {
                let start = options.clock.monotonicNanoseconds
                let outcomes = try database.writeWithoutTransaction { try store.write(batch, $0) }
                let duration = options.clock.monotonicNanoseconds - start
                options.commitObserver?(LedgerCommit(records: batch.count, duration: duration))
                queue.resolve(batch, outcomes, isCommit: true)
                return
            } catch {
                queue.noteFailure(LedgerError(error, path: database.path).description, stall: Self.stall(of: error))
                queue.pause(milliseconds: pause)
                pause = min(pause * 2, 1_000)
            }
        }
    }

    /// Does what can wait: seals identities, and copies the log into the database.
    private mutating func maintain(isIdle: Bool) {
        do {
            if isIdle {
                // A burst leaves several segments behind: they are made up for as long as nothing else is to be done.
                while store.index.unsealedCount >= sealThreshold, queue.isIdle { try seal() }
            } else if store.index.unsealedCount >= sealThreshold * 4 {
                try seal()
            }
            let pages = log.value
            // A log that has become shorter was begun anew after it had been copied.
            if pages < copiedPages { copiedPages = 0 }
            if pages - copiedPages >= (isIdle ? Self.checkpointThreshold : Self.urgentCheckpointThreshold) {
                copiedPages = pages
                try database.writeWithoutTransaction { database in _ = try database.checkpoint(.passive) }
            }
        } catch {
            queue.noteFailure(LedgerError(error, path: database.path).description)
        }
    }

    private mutating func seal() throws {
        try database.writeWithoutTransaction { try store.seal($0) }
    }

    private mutating func end() {
        do {
            while store.index.unsealedCount >= Self.finalSegmentLength, !queue.isPastDeadline { try seal() }
            try database.writeWithoutTransaction { database in _ = try database.checkpoint(.truncate) }
        } catch {
            // Readers may keep the log in use: it stays, and is read and copied by whoever opens the ledger next.
            queue.noteFailure(LedgerError(error, path: database.path).description)
        }
        try? database.close()
    }

    private static func stall(of error: any Error) -> DropReason? {
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode {
        case .SQLITE_FULL: return .diskFull
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .databaseLocked
        default: return nil
        }
    }
}
