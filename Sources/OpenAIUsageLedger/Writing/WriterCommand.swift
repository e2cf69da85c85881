import GRDB

/// A task that the writer's thread runs between two batches.
struct WriterCommand: Sendable {
    /// The task; it must be short, since calls wait meanwhile.
    var body: @Sendable (inout CallStore, Database) throws -> Void
    /// Called exactly once: on the writer's thread, or at once if the ledger is closed.
    var completion: @Sendable (Result<Void, any Error>) -> Void

    /// Fails the command, since the ledger is closed.
    func refuse() {
        completion(.failure(LedgerError(.closed, "The ledger was closed before everything was done; run it again.")))
    }
}
