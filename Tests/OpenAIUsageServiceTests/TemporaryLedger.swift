import Foundation
import OpenAIUsageLedger

/// A ledger in a folder that is there while a test runs.
struct TemporaryLedger: ~Copyable {
    private let folder: URL
    let path: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "oai-usage-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "usage.db").path
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func open() throws -> Ledger { try Ledger(path: path) }
    func reader() throws -> LedgerReader { try LedgerReader(path: path) }
}
