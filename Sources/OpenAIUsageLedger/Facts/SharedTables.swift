import GRDB
import OpenAIUsage
import Synchronization

/// The attributes that many calls share, by the numbers with which rows refer to them.
///
/// Rows of these tables are only added, and numbered from 1 without gaps.
struct SharedTables: Sendable {
    /// A row of a table, by reference to avoid copies.
    final class Fact<Value: Sendable>: Sendable {
        let value: Value

        init(_ value: Value) {
            self.value = value
        }
    }

    private(set) var series: [Fact<Series>] = []
    private(set) var results: [Fact<CallResult>] = []
    private(set) var forms: [Fact<CallForm>] = []
    private(set) var shapes: [Fact<UsageShape>] = []
    private(set) var identityForms: [Fact<IdentityForm>] = []
    private let lastMatcher = LastMatcher()

    /// Loads the rows that were added since the last update.
    mutating func update(_ database: Database) throws {
        try updateSeries(database)
        try Self.read("id, outcome, status, error_type, error_code, is_error_in_row", "result", results.count, database)
        {
            var row = $0
            row.skip(1)
            let outcome = row.text().flatMap(Outcome.init(rawValue:)) ?? .interrupted
            let status = row.integer().map { Int($0) }
            let (type, code) = (row.text(), row.text())
            add(
                CallResult(
                    outcome: outcome,
                    status: status,
                    errorType: type,
                    errorCode: code,
                    isErrorInRow: row.integer() == 1
                )
            )
        }
        try updateForms(database)
        let counters = TokenCounter.allCases.map(\.name).joined(separator: ", ")
        try Self.read("id, format, \(counters)", "usage_shape", shapes.count, database) {
            var row = $0
            row.skip(1)
            let format = Array((row.text() ?? "").utf8)
            add(
                UsageShape(
                    format: format,
                    places: TokenCounter.allCases.map { _ in row.integer().flatMap { Int8(exactly: $0) } ?? -1 }
                )
            )
        }
        try Self.read("id, prefix, suffix, kind", "identity_form", identityForms.count, database) {
            var row = $0
            row.skip(1)
            let (prefix, suffix) = (row.text() ?? "", row.text() ?? "")
            let kind = row.text().flatMap(IdentityForm.Kind.init(rawValue:)) ?? .text
            add(IdentityForm(prefix: prefix, suffix: suffix, kind: kind))
        }
    }

    private mutating func updateSeries(_ database: Database) throws {
        let fields = Series.Field.allCases.map(\.name).joined(separator: ", ")
        // Many series have the same key or set of tags.
        var keys: [String: KeyFingerprint] = [:]
        var tags: [String: UsageTags] = [:]
        try Self.read("id, source, \(fields), row_fields", "series", series.count, database) {
            var row = $0
            row.skip(1)
            let source = row.text().flatMap(CallSource.init(rawValue:)) ?? .library
            let texts = Series.Field.allCases.map { _ in row.text() }
            let (key, tagsText) = (texts[Series.Field.key.rawValue], texts[Series.Field.tags.rawValue])
            if let key, keys[key] == nil { keys[key] = KeyFingerprint(stored: key) }
            if let tagsText, tags[tagsText] == nil { tags[tagsText] = CompactJSON.tags(tagsText) }
            add(
                Series(
                    source: source,
                    texts: texts,
                    key: key.flatMap { keys[$0] },
                    tags: tagsText.flatMap { tags[$0] } ?? UsageTags(),
                    rowFields: UInt32(truncatingIfNeeded: row.integer() ?? 0)
                )
            )
        }
    }

    private mutating func updateForms(_ database: Database) throws {
        let fields = CallForm.Field.allCases.map(\.name).joined(separator: ", ")
        let columns = "id, is_stream, is_counted, usage_state, cost_status, shape, \(fields), row_fields"
        try Self.read(columns, "form", forms.count, database) {
            var row = $0
            row.skip(1)
            let isStream = row.integer() == 1
            let isCounted = row.integer() == 1
            let usageState = row.text().flatMap(UsageState.init(rawValue:)) ?? .missing
            let costStatus = row.text().flatMap(CostStatus.init(rawValue:)) ?? .none
            let shape = Int(row.integer() ?? 0)
            let texts = CallForm.Field.allCases.map { _ in row.text() }
            add(
                CallForm(
                    isStream: isStream,
                    isCounted: isCounted,
                    usageState: usageState,
                    costStatus: costStatus,
                    shape: shape,
                    texts: texts,
                    rowFields: UInt32(truncatingIfNeeded: row.integer() ?? 0)
                )
            )
        }
    }

    private static func read(
        _ columns: String,
        _ table: String,
        _ known: Int,
        _ database: Database,
        _ body: (StatementRow) -> Void
    ) throws {
        var next = Int64(known) + 1
        let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM \(table) WHERE id >= ? ORDER BY id")
        statement.setUncheckedArguments([next])
        try statement.forEachRow(in: database) { row in
            guard row.integer(at: 0) == next else {
                throw DatabaseError(
                    resultCode: .SQLITE_CORRUPT,
                    message: "The table \(table) has a gap before \(next)."
                )
            }
            next += 1
            body(row)
            return true
        }
    }

    // MARK: - Filtering

    /// The last matcher, which knows the decisions on a part of the rows, or on all; copies of the tables share it.
    private final class LastMatcher: Sendable {
        let value = Mutex<(filter: CallFilter, matcher: CallMatcher)?>(nil)
    }

    /// Returns the matcher of a filter.
    ///
    /// A list is read in many parts with one filter, and the series may be tens of thousands: each is decided on once.
    func matcher(_ filter: CallFilter) -> CallMatcher {
        lastMatcher.value.withLock { last in
            var matcher = last.flatMap { $0.filter == filter ? $0.matcher : nil } ?? CallMatcher(filter)
            // The decisions are added to in place.
            last = nil
            matcher.update(self)
            last = (filter, matcher)
            return matcher
        }
    }

    // MARK: - Adding

    mutating func add(_ value: Series) { series.append(Fact(value)) }
    mutating func add(_ value: CallResult) { results.append(Fact(value)) }
    mutating func add(_ value: CallForm) { forms.append(Fact(value)) }
    mutating func add(_ value: UsageShape) { shapes.append(Fact(value)) }
    mutating func add(_ value: IdentityForm) { identityForms.append(Fact(value)) }

    // MARK: - Looking up

    private static func value<Value>(_ facts: [Fact<Value>], _ index: Int) -> Value? {
        facts.indices.contains(index) ? facts[index].value : nil
    }

    /// Returns the series with a number; `nil` if there is none.
    func series(_ number: Int64) -> Series? { Self.value(series, Int(number) - 1) }
    /// Returns the result with a number, which is negative for a call in flight.
    func result(_ number: Int64) -> CallResult? { Self.value(results, Int(number.magnitude) - 1) }
    /// Returns the form with a number.
    func form(_ number: Int64) -> CallForm? { Self.value(forms, Int(number) - 1) }
    /// Returns the shape with a number; `nil` for 0.
    func shape(_ number: Int) -> UsageShape? { Self.value(shapes, number - 1) }
    /// Returns the identity form with a number.
    func identityForm(_ number: Int) -> IdentityForm? { Self.value(identityForms, number - 1) }
}
