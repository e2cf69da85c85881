import GRDB
import OpenAIUsage

/// A check of a ledger's file, and of the agreement of its parts.
package struct LedgerCheck {
    /// The findings of a check.
    package struct Report: Sendable, Equatable {
        /// The faults, each a sentence with a remedy; none in a sound ledger.
        package var findings: [String] = []
        /// Figures of the ledger, each in a sentence.
        package var facts: [String] = []

        /// Returns the report as one line of JSON.
        ///
        /// - Parameter ledger: The path of the ledger.
        /// - Returns: An object with `ledger`, `sound`, `findings` and `facts`.
        package func json(of ledger: String) -> String {
            var json = JSONWriter()
            json.beginObject()
            json.member("ledger", ledger)
            json.member("sound", literal: findings.isEmpty ? "true" : "false")
            for (name, sentences) in [("findings", findings), ("facts", facts)] {
                json.key(name)
                json.beginArray()
                for sentence in sentences { json.string(sentence) }
                json.endArray()
            }
            json.endObject()
            return json.text
        }
    }

    /// The number of rows whose identities are looked up.
    private static let sampleSize: Int64 = 1_000

    private let path: String
    private let database: Database
    private let tables: SharedTables
    private let progress: LedgerReader.Progress?
    private var report = Report()

    /// Checks a ledger, even while a gateway writes to it.
    ///
    /// The ledger is opened with a ``LedgerReader``, which upgrades an unused one of an older version, and commits the records
    /// that a killed writer left. The check itself changes nothing.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - upgrade: Called during an upgrade of an older ledger to the newest schema.
    ///   - whileCheckingFile: Runs SQLite's check of the file, whose progress is not known.
    ///   - progress: Called with the checked and the total number of rows.
    /// - Returns: The findings.
    /// - Throws: A ``LedgerError`` if there is no ledger, or it cannot be read at all.
    package static func run(
        _ path: String,
        upgrade: LedgerReader.Progress? = nil,
        whileCheckingFile: (() throws -> [String]) throws -> [String] = { try $0() },
        _ progress: LedgerReader.Progress? = nil
    ) throws -> Report {
        do {
            let hadRemains = RecordJournal.hasRemains(try LedgerFile.resolve(path))
            let reader = try LedgerReader(path: path, progress: upgrade)
            var report = try reader.read { database, facts in
                var check = LedgerCheck(path: path, database: database, tables: facts, progress: progress)
                try check.run(whileCheckingFile)
                return check.report
            }
            let resolved = try LedgerFile.resolve(path)
            if let holder = LedgerLock.holder("\(resolved).lock") {
                report.facts.append("It is being written to by \(holder).")
            } else if hadRemains {
                report.facts.append("The records that a killed writer had left beside it were taken in.")
            }
            return report
        } catch let error as LedgerError where error.code == .corrupt || error.code == .notSQLite {
            return Report(findings: [error.description])
        }
    }

    private mutating func run(_ whileCheckingFile: (() throws -> [String]) throws -> [String]) throws {
        let problems = try whileCheckingFile {
            try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
        guard problems.isEmpty else {
            let list = problems.prefix(5).joined(separator: "; ")
            report.findings.append(
                "The file is damaged (\(list)); restore a backup, or copy it with its -wal file and run `sqlite3 \(path) .recover`."
            )
            return
        }
        try checkReferences()
        try checkRows()
        try checkLevels()
        let pages = try PruneRun.Pages(database)
        let rollups = try Int64.fetchOne(database, sql: "SELECT count(*) FROM rollup") ?? 0
        report.facts.append(
            "\(pages.count * pages.size) bytes, of which \(pages.free * pages.size) are free; \(rollups) sums."
        )
        if let before = try PruneBoundary.load(database) {
            report.facts.append("Calls before \(TimestampText.utc(before, isShort: true)) are pruned.")
        }
    }

    /// The remedy for parts that can be rebuilt from the rows.
    private var remedy: String { "`oai-usage ledger merge \(path) -o NEW` rebuilds it from the rows." }

    /// Finds references to missing rows.
    private mutating func checkReferences() throws {
        let references = [
            ("rows name a series", "call WHERE series NOT IN (SELECT id FROM series)"),
            ("rows name a result", "call WHERE abs(result) NOT IN (SELECT id FROM result)"),
            ("rows name a form", "call WHERE form NOT IN (SELECT id FROM form)"),
            ("forms name a shape of usage", "form WHERE shape <> 0 AND shape NOT IN (SELECT id FROM usage_shape)"),
            ("sums name a series", "rollup WHERE (key >> 12 & 16777215) NOT IN (SELECT id FROM series)"),
            ("sums name a result", "rollup WHERE (key & 4095) NOT IN (SELECT id FROM result)"),
            ("pending entries name a row", "pending_call WHERE call_id NOT IN (SELECT id FROM call)"),
            ("slots of the index name a segment", "segment_slot WHERE key >> 24 NOT IN (SELECT id FROM segment)"),
        ]
        for (what, source) in references {
            let count = try Int64.fetchOne(database, sql: "SELECT count(*) FROM \(source)") ?? 0
            guard count > 0 else { continue }
            report.findings.append("\(count) \(what) that is missing; restore a backup of before.")
        }
    }

    /// Compares the rows with the sums of their quarters of an hour, and looks some of them up.
    private mutating func checkRows() throws {
        let total = try Int64.fetchOne(database, sql: "SELECT count(*) FROM call") ?? 0
        report.facts.append("\(total) calls have a row.")
        let every = max(1, total / Self.sampleSize)
        let source = try RollupSource(database, tables)
        let boundary = try PruneBoundary.load(database) ?? .min
        let rowDays = try Int64.fetchAll(
            database,
            sql: "SELECT DISTINCT max(0, coalesce(started_at, id >> 11)) / 86400000000 FROM call"
        )
        let dayKeys = RollupKey.rows(.day, 0...(1 << 24 - 1))
        let rollupDays = try Int64.fetchAll(
            database,
            sql: "SELECT DISTINCT key >> 36 & 16777215 FROM rollup WHERE key BETWEEN ? AND ?",
            arguments: [dayKeys.lowerBound, dayKeys.upperBound]
        )
        var seen: Int64 = 0
        var wrong: [RollupKey] = []
        var lost: [CallID] = []
        for day in Set(rowDays + rollupDays).sorted() {
            let end = RollupKey.start(of: day + 1, .day)
            guard end > boundary else { continue }
            let start = max(boundary, day == 0 ? .min : RollupKey.start(of: day, .day))
            var sums: [RollupKey: RollupSums] = [:]
            try source.forEachFlushedRow(from: start, to: end) { record, key in
                sums[key, default: RollupSums()].add(record)
                seen += 1
                if seen % every == 0, try !isFound(record) { lost.append(record.id) }
            }
            let kept = try source.quarters(of: day).filter { RollupKey.start(of: $0.key.time, .quarter) >= start }
            for key in Set(sums.keys).union(kept.keys) where sums[key] != kept[key] {
                if sums[key] ?? RollupSums() != kept[key] ?? RollupSums() { wrong.append(key) }
            }
            progress?(min(seen, total), total)
        }
        if let first = wrong.map(\.time).min() {
            let time = TimestampText.utc(RollupKey.start(of: first, .quarter), isShort: true)
            report.findings.append("\(wrong.count) sums differ from their rows, the first from \(time); \(remedy)")
        }
        if let first = lost.first {
            report.findings.append(
                "\(lost.count) of \(seen / every) calls are not found by their identities, the first is \(first); \(remedy)"
            )
        }
    }

    /// True if the index finds a row by each of its identities.
    private func isFound(_ record: CallRecord) throws -> Bool {
        var hashes: [UInt64] = []
        record.forEachIndexedIdentity { hashes.append($0) }
        return try hashes.allSatisfy { hash in
            try IdentitySegment.blocks(of: hash, database).contains { $0.contains(record.id.rawValue) }
        }
    }

    /// Compares the sums of hours, days and months with those of the shorter periods.
    private mutating func checkLevels() throws {
        let source = try RollupSource(database, tables)
        for level in RollupKey.Level.allCases {
            guard let coarser = RollupKey.Level(rawValue: level.rawValue + 1) else { break }
            let keys = RollupKey.rows(level, 0...(1 << 24 - 1))
            let outer = RollupKey.rows(coarser, 0...(1 << 24 - 1))
            // One longer period at a time.
            var times = Set(
                try Int64.fetchAll(
                    database,
                    sql: "SELECT DISTINCT key >> 36 & 16777215 FROM rollup WHERE key BETWEEN ? AND ?",
                    arguments: [keys.lowerBound, keys.upperBound]
                ).map { RollupKey.time(of: RollupKey.start(of: $0, level), coarser) }
            )
            times.formUnion(
                try Int64.fetchAll(
                    database,
                    sql: "SELECT DISTINCT key >> 36 & 16777215 FROM rollup WHERE key BETWEEN ? AND ?",
                    arguments: [outer.lowerBound, outer.upperBound]
                )
            )
            var wrong = 0
            for time in times {
                let first = RollupKey.time(of: RollupKey.start(of: time, coarser), level)
                let last = RollupKey.time(of: RollupKey.start(of: time + 1, coarser), level) - 1
                var sums: [RollupKey: RollupSums] = [:]
                for (key, part) in try source.sums(level, first...last) {
                    let whole = RollupKey(level: coarser, time: time, series: key.series, result: key.result)
                    sums[whole, default: RollupSums()].add(part)
                }
                let kept = try source.sums(coarser, time...time)
                for key in Set(sums.keys).union(kept.keys)
                where sums[key] ?? RollupSums() != kept[key] ?? RollupSums() { wrong += 1 }
            }
            if wrong > 0 {
                report.findings.append("\(wrong) sums of a \(coarser) differ from those of its parts; \(remedy)")
            }
        }
    }
}

extension RollupSource {
    /// Returns the sums of a day by quarter of an hour.
    func quarters(of day: Int64) throws -> [RollupKey: RollupSums] { try sums(.quarter, day * 96...day * 96 + 95) }
}
