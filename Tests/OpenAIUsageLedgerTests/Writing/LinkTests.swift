import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Links to a ledger")
struct LinkTests {
    /// How a link leads to the ledger.
    enum Link: String, CaseIterable, Sendable {
        case toFile, toNothing, relative, toLink, toFolder, toNewFolder

        /// Makes the link to `real/ledger.db`, and returns the path by it.
        func make(_ folder: TemporaryFolder) throws -> String {
            let files = FileManager.default
            try files.createDirectory(atPath: "\(folder.path)/real", withIntermediateDirectories: false)
            let link = "\(folder.path)/link.db"
            switch self {
            case .toFile, .toNothing:
                if self == .toFile { try folder.write("real/ledger.db", []) }
                try files.createSymbolicLink(atPath: link, withDestinationPath: "\(folder.path)/real/ledger.db")
            case .relative: try files.createSymbolicLink(atPath: link, withDestinationPath: "real/ledger.db")
            case .toLink:
                try files.createSymbolicLink(atPath: "\(folder.path)/real/b.db", withDestinationPath: "ledger.db")
                try files.createSymbolicLink(atPath: link, withDestinationPath: "real/b.db")
            case .toFolder:
                try files.createSymbolicLink(atPath: "\(folder.path)/folder", withDestinationPath: "real")
                return "\(folder.path)/folder/ledger.db"
            case .toNewFolder:
                try files.createSymbolicLink(atPath: "\(folder.path)/folder", withDestinationPath: ".")
                try files.removeItem(atPath: "\(folder.path)/real")
                return "\(folder.path)/folder/real/ledger.db"
            }
            return link
        }
    }

    @Test("A link is the file that it leads to", arguments: Link.allCases)
    func link(link: Link) async throws {
        let folder = TemporaryFolder()
        let path = try link.make(folder)
        let real = "\(folder.path)/real/ledger.db"
        let changes = Collector<LedgerStatusChange>()
        var options = LedgerOptions()
        options.idleMilliseconds = 5
        let ledger = try Ledger(path: path, options: options)
        ledger.observeStatus { changes.append($0) }
        #expect(FileManager.default.fileExists(atPath: "\(real).lock"))
        for number in 0..<10 {
            ledger.record(Records.plain(number))
            await ledger.flush()
        }
        #expect(code { _ = try Ledger(path: path) } == .locked)
        #expect(code { _ = try Ledger(path: real) } == .locked)
        #expect(try LedgerReader(path: path).calls(CallsQuery()).count == 10)
        #expect(try LedgerReader(path: real).calls(CallsQuery()).count == 10)
        #expect(try OtherProgram.count(real) == 10)
        #expect(ledger.statistics.logSize ?? 0 > 0)
        #expect(changes.all.isEmpty, "\(changes.all)")
        let statistics = await ledger.close()
        #expect(statistics.errors == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/real").filter { $0 != "b.db" }
        #expect(names == ["ledger.db"])
        #expect(!folder.names.contains { $0.hasPrefix("link.db") && $0 != "link.db" })
        #expect(try LedgerReader(path: path).calls(CallsQuery()).count == 10)
    }

    @Test("A reader follows a link that leads elsewhere later")
    func relinked() async throws {
        let (folder, first, second) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
        try await fill(first, [Records.plain(1)])
        try await fill(second, [Records.plain(1), Records.plain(2)])
        try FileManager.default.createSymbolicLink(atPath: folder.ledger, withDestinationPath: first.ledger)
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.summary().calls == 1)
        try FileManager.default.removeItem(atPath: folder.ledger)
        try FileManager.default.createSymbolicLink(atPath: folder.ledger, withDestinationPath: second.ledger)
        #expect(try reader.summary().calls == 2)
    }

    @Test("A circle of links is refused")
    func circle() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.ledger, withDestinationPath: "b.db")
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/b.db", withDestinationPath: "ledger.db")
        #expect(code { _ = try Ledger(path: folder.ledger) } == .notReadable)
    }

    @Test("A file with several names is refused, and its folder left as it is")
    func hardLink() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        try FileManager.default.linkItem(atPath: folder.ledger, toPath: "\(folder.path)/other.db")
        for name in ["ledger.db", "other.db"] {
            #expect(code { _ = try Ledger(path: "\(folder.path)/\(name)") } == .hardLinked)
        }
        #expect(folder.names == ["ledger.db", "other.db"])
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 1)
        try FileManager.default.removeItem(atPath: "\(folder.path)/other.db")
        try await fill(folder, [Records.plain(2)])
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 2)
    }
}
