import Foundation
import GRDB
import OpenAIUsage

/// A merge of ledgers into a new file, with every call once.
///
/// Rows are read from all sources in ID order and written as new rows, from which sums and the index are built. Sums of pruned
/// calls are added as they are.
package struct LedgerMerge {
    /// The result of a merge.
    package struct Report: Sendable, Equatable {
        /// The number of rows in the new ledger.
        package var calls: Int64 = 0
        /// The number of rows that were duplicates of rows in other sources.
        package var duplicates: Int64 = 0
        /// The number of pruned calls, of which only the sums were copied.
        package var prunedCalls: Int64 = 0
    }

    /// The number of rows per transaction.
    private static let stepLength = 8_192

    /// An open source.
    private struct Source {
        var path: String
        var database: Database
        var facts: SharedTables
        var secret: [UInt8]
        var origins: LedgerOrigins
        var prunedBefore: Int64?
    }

    private let sources: [String]
    private var report = Report()

    /// Merges ledgers into a new one.
    ///
    /// - Parameters:
    ///   - sources: The paths of the ledgers, which may be in use; a call that ended in several is copied from the first.
    ///   - path: The path of the new ledger, which appears when it is complete.
    ///   - upgrade: Called during an upgrade of an older source to the newest schema.
    ///   - progress: Called with the copied and the total number of rows.
    /// - Returns: The counts of the merge.
    /// - Throws: A ``LedgerError``, for example if something is at the path already.
    package static func run(
        _ sources: [String],
        to path: String,
        upgrade: LedgerReader.Progress? = nil,
        _ progress: LedgerReader.Progress? = nil
    ) throws -> Report {
        let readers = try sources.map { try LedgerReader(path: $0, progress: upgrade) }
        var merge = LedgerMerge(sources: sources)
        try merge.requireDifferentFiles()
        let file = try NewFile(path)
        do {
            let target = try LedgerFile.open(file.temporary, options: LedgerOptions())
            defer { try? target.close() }
            try read(readers[...], []) { sources in
                try file.writing { try target.writeWithoutTransaction { try merge.copy(sources, $0, progress) } }
            }
            try target.close()
            try file.publish()
        } catch {
            file.discard()
            throw LedgerError(error, path: path)
        }
        return merge.report
    }

    private func requireDifferentFiles() throws {
        for (index, source) in sources.enumerated() {
            for other in sources[..<index] {
                guard let facts = FileFacts(source), facts.isSameFile(as: FileFacts(other)) else { continue }
                throw LedgerError(.failed, "\(other) and \(source) are the same file; name each ledger once.")
            }
        }
    }

    /// Reads all sources, each in one snapshot.
    private static func read(
        _ readers: ArraySlice<LedgerReader>,
        _ sources: [Source],
        _ body: ([Source]) throws -> Void
    ) throws {
        guard let reader = readers.first else { return try body(sources) }
        var hasRun = false
        try reader.read { database, facts in
            // The read cannot be repeated, since rows are written already.
            guard !hasRun else {
                throw LedgerError(.busy, "\(reader.path) was taken into use while it was read; run the command again.")
            }
            hasRun = true
            let source = Source(
                path: reader.path,
                database: database,
                facts: facts,
                secret: try LedgerFile.secret(database),
                origins: try LedgerOrigins(database),
                prunedBefore: try PruneBoundary.load(database)
            )
            try read(readers.dropFirst(), sources + [source], body)
        }
    }

    private mutating func copy(
        _ sources: [Source],
        _ target: Database,
        _ progress: LedgerReader.Progress?
    ) throws {
        try requireKnownSums(sources)
        try target.execute(sql: "PRAGMA synchronous = OFF")
        if let secret = sources.first?.secret {
            try target.execute(
                sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('fingerprint_secret', ?)",
                arguments: [Data(secret)]
            )
        }
        try LedgerOrigins.write(sources.map(\.origins), to: target)
        let options = LedgerOptions()
        var store = try CallStore(target, options: options, identities: CallIDGenerator.shared(by: options.clock))
        try copyRows(sources, &store, target, progress)
        for source in sources {
            try copyTables(source.database, target)
            if let before = source.prunedBefore { try copySums(source, before: before, &store, target) }
        }
        if let before = sources.compactMap(\.prunedBefore).max() { try PruneBoundary.advance(to: before, target) }
        _ = try target.checkpoint(.truncate)
    }

    /// Throws if sources of one origin have pruned calls that may be the same, which sums do not show.
    private func requireKnownSums(_ sources: [Source]) throws {
        for (index, source) in sources.enumerated() {
            for other in sources[..<index] where source.origins.overlaps(other.origins) {
                guard let pruned = [source, other].first(where: { $0.prunedBefore != nil }) else { continue }
                throw LedgerError(
                    .failed,
                    "\(other.path) and \(source.path) have calls of one ledger, and calls of \(pruned.path) are pruned: which of their sums are of the same calls is not known. Merge them without one of the two."
                )
            }
        }
    }

    // MARK: - Rows

    /// The rows of a source that are read but not yet copied.
    private struct Cursor {
        private let source: Source
        private let decoder: RowDecoder
        private var records: ArraySlice<CallRecord> = []
        private var last = Int64.min
        private var isAtEnd = false

        init(_ source: Source) {
            self.source = source
            decoder = RowDecoder(source.facts)
        }

        /// Returns the next row; `nil` at the end.
        mutating func first() throws -> CallRecord? {
            if records.isEmpty, !isAtEnd {
                let statement = try source.database.cachedStatement(
                    sql: "\(RowFormat.select) WHERE id > ? ORDER BY id LIMIT 2048"
                )
                statement.setUncheckedArguments([last])
                var read: [CallRecord] = []
                try statement.forEachRow(in: source.database) { row in
                    read.append(decoder.record(row))
                    return true
                }
                isAtEnd = read.isEmpty
                last = read.last?.id.rawValue ?? last
                records = read[...]
            }
            return records.first
        }

        mutating func removeFirst() { records.removeFirst() }
    }

    private mutating func copyRows(
        _ sources: [Source],
        _ store: inout CallStore,
        _ target: Database,
        _ progress: LedgerReader.Progress?
    ) throws {
        let total = try sources.reduce(0) { total, source in
            total + (try Int64.fetchOne(source.database, sql: "SELECT count(*) FROM call") ?? 0)
        }
        var cursors = sources.map(Cursor.init)
        var copied: Int64 = 0
        var items: [RecordQueue.Item] = []
        func write() throws {
            try store.writeRows(items, target)
            try store.flush(target)
            while try store.merge(target) {}
            _ = try target.checkpoint(.passive)
            copied += Int64(items.count)
            items.removeAll(keepingCapacity: true)
            progress?(copied, total)
        }
        while true {
            var next: (index: Int, record: CallRecord)?
            for index in cursors.indices {
                guard let record = try cursors[index].first() else { continue }
                if next.map({ record.id < $0.record.id }) ?? true { next = (index, record) }
            }
            guard let next else { break }
            cursors[next.index].removeFirst()
            items.append(RecordQueue.Item(record: next.record, isOpen: next.record.outcome == .open))
            if items.count == Self.stepLength { try write() }
        }
        if !items.isEmpty { try write() }
        report.calls = try Int64.fetchOne(target, sql: "SELECT count(*) FROM call") ?? 0
        report.duplicates = total - report.calls
    }

    // MARK: - Sums and small tables

    /// Adds the sums of pruned calls: those of the rollups without those of the remaining rows.
    private mutating func copySums(
        _ source: Source,
        before time: Int64,
        _ store: inout CallStore,
        _ target: Database
    ) throws {
        let rollups = try RollupSource(source.database, source.facts)
        let bounds = RollupKey.rows(.day, 0...RollupKey.time(of: time - 1, .day))
        let keys = try Int64.fetchAll(
            source.database,
            sql: "SELECT key FROM rollup WHERE key BETWEEN ? AND ?",
            arguments: [bounds.lowerBound, bounds.upperBound]
        )
        for day in Set(keys.map { RollupKey(rowID: $0).time }).sorted() {
            let start = day == 0 ? Int64.min : RollupKey.start(of: day, .day)
            let end = min(time, RollupKey.start(of: day + 1, .day))
            var sums = try rollups.quarters(of: day)
            sums = sums.filter { RollupKey.start(of: $0.key.time, .quarter) < end }
            try rollups.forEachFlushedRow(from: start, to: end) { record, key in
                sums[key, default: RollupSums()].add(record, isNegative: true)
            }
            let rest: [CallStore.ForeignSums] = sums.compactMap { key, sums in
                guard !sums.isEmpty, let series = source.facts.series(Int64(key.series)),
                    let result = source.facts.result(Int64(key.result))
                else { return nil }
                report.prunedCalls += sums.calls
                return CallStore.ForeignSums(place: key, series: series, result: result, sums: sums)
            }
            try store.add(rest, target)
        }
    }

    private func copyTables(_ source: Database, _ target: Database) throws {
        let tables = [
            (
                "rate_limit(project, model, organization, observed_at, call_id, windows)",
                """
                ON CONFLICT(project, model) DO UPDATE SET
                    organization = excluded.organization, observed_at = excluded.observed_at,
                    call_id = excluded.call_id, windows = excluded.windows
                WHERE excluded.observed_at > rate_limit.observed_at
                """
            ),
            (
                "container_window(hash, started_at)",
                "ON CONFLICT(hash) DO UPDATE SET started_at = max(started_at, excluded.started_at)"
            ),
            ("quarantine(call_id, started_at, reason)", ""),
        ]
        try target.inTransaction(.immediate) {
            for (table, conflict) in tables {
                let name = table.prefix { $0 != "(" }
                let columns = table.dropFirst(name.count + 1).dropLast()
                for row in try Row.fetchAll(source, sql: "SELECT \(columns) FROM \(name)") {
                    let marks = row.map { _ in "?" }.joined(separator: ", ")
                    try target.execute(
                        sql: "INSERT INTO \(table) VALUES(\(marks)) \(conflict)",
                        arguments: StatementArguments(row.databaseValues)
                    )
                }
            }
            try FormerCosts.copy(from: source, to: target)
            return .commit
        }
    }
}
