import GRDB
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Schema")
struct LedgerSchemaTests {
    private func read<Value: Sendable>(_ folder: TemporaryFolder, _ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: folder.ledger, configuration: configuration).inDatabase(body)
    }

    @Test("The file says what it is")
    func identity() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [])
        try read(folder) { database in
            #expect(try Int64.fetchOne(database, sql: "PRAGMA application_id") == 0x4f41_5547)
            #expect(try Int64.fetchOne(database, sql: "PRAGMA user_version") == 7)
            #expect(try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal")
            let tables = try Row.fetchAll(database, sql: "PRAGMA table_list").filter { row in
                let name: String = row["name"]
                return !name.hasPrefix("sqlite_") && !name.hasPrefix("grdb_") && row["type"] == "table"
            }
            #expect(tables.count == 19)
            for table in tables { #expect(table["strict"] == 1, "\(table)") }
        }
    }

    @Test("Every provider counter has a column of the view", arguments: TokenCounter.allCases)
    func counters(counter: TokenCounter) async throws {
        let folder = TemporaryFolder()
        var record = Records.plain(1)
        record.usage = TokenUsage()
        record.usage[counter] = 77
        try await fill(folder, [record])
        let value = try read(folder) { try Int64.fetchOne($0, sql: "SELECT \(counter.name) FROM calls") }
        #expect(value == 77)
    }

    @Test("The view for people names things, and tells times and money as text")
    func view() async throws {
        let folder = TemporaryFolder()
        var record = Records.plain(1, at: Records.start + 1_500_000, project: "proj_a")
        record.cost.picoUSD = 6_750_000
        record.cost.upperBoundPicoUSD = 2_500_000_000_000
        record.requestBytes = 1_234
        record.maximumOutputTokens = 500
        record.tags = ["team": "search"]
        var unknown = Records.plain(2, at: Records.start + 2_000_000)
        unknown.cost = CallCost(status: .unpriced)
        var negative = Records.plain(3, at: Records.start + 3_000_000)
        negative.cost.picoUSD = -10_000_000_000_000
        try await fill(folder, [record, unknown, negative])
        try read(folder) { database in
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM calls ORDER BY id")
            #expect(rows[0]["id"] == record.id.description)
            #expect(rows[0]["started_at"] == "2026-11-23T00:00:01.500000Z")
            #expect(rows[0]["project"] == "proj_a")
            #expect(rows[0]["tags"] == #"{"team":"search"}"#)
            #expect(rows[0]["cost_usd"] == "0.00000675")
            #expect(rows[0]["cost_upper_bound_usd"] == "2.5")
            #expect(rows[0]["request_bytes"] == 1_234)
            #expect(rows[0]["max_output_tokens"] == 500)
            #expect(rows[0]["duration_ms"] == 1.0)
            let cost: String? = rows[1]["cost_usd"]
            #expect(cost == nil)
            #expect(rows[2]["cost_usd"] == "-10")
        }
    }

    @Test("Rows refer to values by number, and no more are kept than there is room for")
    func capacity() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.labelCapacity = 3
        let records = (0..<10).map { Records.plain($0, project: "proj_\($0)") }
        try await fill(folder, records, options: options)
        try read(folder) { database in
            #expect(try Int.fetchOne(database, sql: "SELECT count(DISTINCT project) FROM series") == 3)
            let inRows = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM call WHERE extra ->> '$.project' IS NOT NULL"
            )
            #expect(inRows == 7)
            #expect(
                try String.fetchAll(database, sql: "SELECT project FROM calls ORDER BY id") == records.map(\.project)
            )
        }
        // A second session goes on with the values of the first.
        try await fill(
            folder,
            [Records.plain(20, project: "proj_1"), Records.plain(21, project: "proj_new")],
            options: options
        )
        try read(folder) { database in
            let extras = try String?.fetchAll(
                database,
                sql: "SELECT extra ->> '$.project' FROM call ORDER BY id DESC LIMIT 2"
            )
            #expect(extras == ["proj_new", nil])
        }
        #expect(
            try LedgerReader(path: folder.ledger).calls(CallsQuery()).map(\.project).suffix(2) == [
                "proj_1", "proj_new",
            ]
        )
    }

    @Test("There is no column for content, and no key, secret or value leaks into the files")
    func secrets() async throws {
        let folder = TemporaryFolder()
        let key = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789wxyz"
        let ledger = try Ledger(path: folder.ledger)
        let fingerprinter = KeyFingerprinter(secret: ledger.fingerprintSecret)
        for number in 0..<50 {
            var record = Records.plain(number)
            record.key = fingerprinter.fingerprint(of: key)
            ledger.record(record)
        }
        await ledger.flush()
        let needle = Array(key.dropFirst(8).dropLast(4).utf8)
        for name in folder.names {
            let bytes = try #require(folder.bytes(of: name))
            #expect(!bytes.contains(needle), "\(name)")
            #expect(name.hasSuffix("-shm") || !bytes.isEmpty)
        }
        // The search finds what is there.
        let log = try #require(folder.bytes(of: "ledger.db-wal"))
        #expect(log.contains(Array("sk-proj-...wxyz".utf8)))
        await ledger.close()
        try read(folder) { database in
            let columns = try Set(
                ["call", "series", "form", "result"].flatMap { try database.columns(in: $0).map(\.name) }
            )
            #expect(
                columns.isDisjoint(with: ["prompt", "content", "messages", "completion", "input", "output", "body"])
            )
        }
    }
}

extension [UInt8] {
    /// Whether the bytes occur.
    func contains(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first, count >= needle.count else { return false }
        return indices.dropLast(needle.count - 1).contains { index in
            self[index] == first && self[index..<(index + needle.count)].elementsEqual(needle)
        }
    }
}
