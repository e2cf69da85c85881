import Dispatch
import GRDB
import OpenAIUsage
import Synchronization

/// The calls of an old ledger in steps, read ahead on a separate thread while earlier ones are written.
final class LegacySteps: Sendable {
    /// The number of steps that are read ahead.
    private static let depth = 2

    private struct State {
        var ready: [Result<[RecordQueue.Item], any Error>] = []
        var isEnded = false
        var total: Int64 = 0
    }

    private let state = Mutex(State())
    // A semaphore must not be deallocated with a value below its initial one.
    private let room = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private let reading = DispatchGroup()

    /// Creates the steps, and starts to read.
    ///
    /// - Parameters:
    ///   - old: The ledger.
    ///   - last: The ID after which rows are read.
    ///   - length: The number of rows per step.
    init(of old: DatabaseQueue, behind last: Int64, length: Int) {
        for _ in 0..<Self.depth { room.signal() }
        DispatchQueue(label: "ledger.migration").async(group: reading) { [self] in
            do {
                try old.read { try read($0, behind: last, length: length) }
                add(.success([]))
            } catch {
                add(.failure(error))
            }
        }
    }

    /// The number of rows in the snapshot that is read; known after the first step.
    var total: Int64 { state.withLock { $0.total } }

    /// Returns the next step; `nil` after the last one.
    ///
    /// - Throws: An error of SQLite.
    func next() throws -> [RecordQueue.Item]? {
        filled.wait()
        let items = try state.withLock { $0.ready.removeFirst() }.get()
        room.signal()
        return items.isEmpty ? nil : items
    }

    /// Stops the reading, and waits until it has stopped.
    func end() {
        state.withLock { $0.isEnded = true }
        room.signal()
        reading.wait()
    }

    private func add(_ step: Result<[RecordQueue.Item], any Error>) {
        state.withLock { $0.ready.append(step) }
        filled.signal()
    }

    private func read(_ old: Database, behind last: Int64, length: Int) throws {
        guard case .ledger(let version) = try LedgerSchema.kind(of: old) else { return }
        let total = try Int64.fetchOne(old, sql: "SELECT count(*) FROM call") ?? 0
        state.withLock { $0.total = total }
        let decoder = LegacyCallDecoder(try LegacyLabels(old))
        let statement = try old.makeStatement(
            sql: "\(LegacyColumns.select(version: version)) WHERE id > ? ORDER BY id LIMIT \(length)"
        )
        var last = last
        while true {
            room.wait()
            if state.withLock({ $0.isEnded }) { return }
            var items: [RecordQueue.Item] = []
            items.reserveCapacity(length)
            statement.setUncheckedArguments([last])
            try statement.forEachRow(in: old) { row in
                let record = decoder.record(row)
                let isOpen = record.outcome == .open
                items.append(RecordQueue.Item(record: consume record, isOpen: isOpen))
                return true
            }
            guard let newest = items.last else { return }
            last = newest.record.id.rawValue
            add(.success(items))
        }
    }
}
