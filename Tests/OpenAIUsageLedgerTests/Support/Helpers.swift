import OpenAIUsage
import OpenAIUsageLedger

/// Writes records to a new ledger in a folder, and closes it.
func fill(_ folder: TemporaryFolder, _ records: [CallRecord], options: LedgerOptions = LedgerOptions()) async throws {
    let ledger = try Ledger(path: folder.ledger, options: options)
    for record in records { ledger.record(record) }
    await ledger.close()
}

extension LedgerStatistics {
    /// Whether nothing has got lost uncounted.
    var isBalanced: Bool { captured == written + totalDropped + queued }
}

/// The code of the ledger error that an operation throws; `nil` if it throws none.
func code(of operation: () throws -> Void) -> LedgerError.Code? {
    do {
        try operation()
        return nil
    } catch {
        return (error as? LedgerError)?.code
    }
}
