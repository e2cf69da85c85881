import Foundation
import GRDB
import Testing

@testable import OpenAIUsageLedger

@Suite("Lock and errors")
struct LedgerLockTests {
    @Test("A lock is held by one, and can be taken when it is given back")
    func exclusion() throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/lock"
        for _ in 0..<3 {
            let lock = try LedgerLock(path: path, purpose: "first\nline")
            #expect(folder.bytes(of: "lock") == Array("\(getpid()) firstline\n".utf8))
            #expect(code { _ = try LedgerLock(path: path, purpose: "second") } == .locked)
            #expect(folder.bytes(of: "lock") == Array("\(getpid()) firstline\n".utf8))
            lock.release()
            lock.release()
            #expect(folder.names.isEmpty)
        }
    }

    @Test("A lock on a file that was removed meanwhile does not count")
    func removed() throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/lock"
        let first = try LedgerLock(path: path, purpose: "first")
        try FileManager.default.removeItem(atPath: path)
        let second = try LedgerLock(path: path, purpose: "second")
        #expect(code { _ = try LedgerLock(path: path, purpose: "third") } == .locked)
        second.release()
        first.release()
    }

    @Test(
        "Errors of SQLite become ours, with the path and what to do",
        arguments: [
            (ResultCode.SQLITE_NOTADB, LedgerError.Code.notSQLite), (.SQLITE_FULL, .diskFull), (.SQLITE_BUSY, .busy),
            (.SQLITE_LOCKED, .busy), (.SQLITE_CORRUPT, .corrupt), (.SQLITE_READONLY, .notWritable),
            (.SQLITE_CANTOPEN, .notReadable), (.SQLITE_ERROR, .failed),
            (ResultCode(rawValue: 5 | 2 << 8), .busy), (ResultCode(rawValue: 8 | 6 << 8), .notWritable),
        ]
    )
    func errors(result: ResultCode, expected: LedgerError.Code) {
        let error = LedgerError(DatabaseError(resultCode: result), path: "/x/ledger.db")
        #expect(error.code == expected)
        #expect(error.description.contains("/x/ledger.db"))
    }

    @Test("Our own errors stay as they are, and others are named")
    func otherErrors() {
        struct Other: Error {}
        let own = LedgerError(.locked, "text")
        #expect(LedgerError(own, path: "p").description == "text")
        #expect(LedgerError(own, path: "p").code == .locked)
        #expect(LedgerError(Other(), path: "p").code == .failed)
        #expect(LedgerError(Other(), path: "p").description == "p: Other()")
    }

    /// A reader that completes a journal goes in a moment, and whoever starts then starts all the same.
    @Test(arguments: ["oai-usage, which completes it", "oai-usage, which upgrades it"])
    func aHolderForAMomentIsWaitedFor(_ purpose: String) throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/lock"
        let reader = try LedgerLock(path: path, purpose: purpose)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(150)) { reader.release() }
        let gateway = try LedgerLock(path: path, purpose: "a gateway")
        #expect(code { _ = try LedgerLock(path: path, purpose: "second") } == .locked)
        gateway.release()
    }
}
