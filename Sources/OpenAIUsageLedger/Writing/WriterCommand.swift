import GRDB

/// Something that the writer's thread is to do between two batches.
struct WriterCommand: Sendable {
    /// What is done; it must be short, since calls wait meanwhile.
    var body: @Sendable (inout CallStore, Database) throws -> Void
    /// Called exactly once, on the writer's thread or at once.
    var completion: @Sendable (Result<Void, any Error>) -> Void

    /// Tells that the ledger has closed before.
    func refuse() {
        completion(.failure(LedgerError(.closed, "The ledger was closed before everything was done; run it again.")))
    }
}
