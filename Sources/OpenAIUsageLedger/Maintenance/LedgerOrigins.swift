import Foundation
import GRDB
import OpenAIUsage

/// The ledgers whose calls are in a ledger: itself and, after a merge, the sources.
///
/// Two ledgers with a common origin may hold the same calls.
struct LedgerOrigins: Sendable, Equatable {
    private static let mergedName = "merged_from"

    private(set) var names: Set<String> = []

    /// Creates the origins of a ledger.
    init(_ database: Database) throws {
        // Every ledger has a secret, even one without an ID; the digest does not reveal it.
        let secret = try LedgerFile.secret(database)
        if !secret.isEmpty {
            let digest = SHA256.hash(secret).prefix(8)
            names.insert(digest.reduce(into: "k") { $0 += String(UInt16($1) + 0x100, radix: 16).dropFirst() })
        }
        if let identity = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'ledger_id'") {
            names.insert(identity)
        }
        let merged = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = '\(Self.mergedName)'")
        if let merged { names.formUnion(LedgerOrigins(merged).names) }
    }

    /// Creates origins from their text.
    init(_ text: String) {
        names = Set(text.split(separator: ",").map(String.init))
    }

    /// The origins as a text without spaces.
    var text: String { names.sorted().joined(separator: ",") }

    /// True if two ledgers may hold the same calls.
    func overlaps(_ other: LedgerOrigins) -> Bool { !names.isDisjoint(with: other.names) }

    /// Stores the origins of a merged ledger.
    static func write(_ sources: [LedgerOrigins], to database: Database) throws {
        var all = LedgerOrigins("")
        for source in sources { all.names.formUnion(source.names) }
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('\(mergedName)', ?)",
            arguments: [all.text]
        )
    }
}
