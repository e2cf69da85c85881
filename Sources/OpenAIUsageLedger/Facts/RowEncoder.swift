import GRDB
import GRDBSQLite
import OpenAIUsage

/// Binds records to the statements that write rows.
///
/// Texts are copied into a buffer that lasts until the statement has run, so that SQLite does not copy them again.
// SAFETY: the store that owns it is used by one thread at a time: the one that opens the ledger, and then the writer's.
final class RowEncoder: @unchecked Sendable {
    /// The numbers of the shared rows to which a row refers.
    struct Numbers {
        var series: Int
        /// Negative for a call in flight.
        var result: Int
        var form: Int
    }

    /// The longest usage object that is stored, in bytes.
    private static let maximumDocumentLength = StatementBinder.maximumDocumentLength
    /// Room for the usage object, the identities and the numbers; `extra` has its own memory.
    private static let memoryLength = maximumDocumentLength + 16 * StatementBinder.maximumTextLength

    private let memory: UnsafeMutablePointer<UInt8>
    private var used = 0
    private var usage = UsageNumbers()
    /// The last identity forms by column.
    private var latestForms = [Int](repeating: 0, count: RowFormat.columns.count + 1)

    init() {
        memory = .allocate(capacity: Self.memoryLength)
    }

    deinit { memory.deallocate() }

    /// Binds a record to a statement of ``RowFormat``, which must run before the next record is bound.
    func bind(
        _ record: CallRecord,
        outcome: Outcome,
        to statement: SQLiteStatement,
        _ facts: inout SharedRowWriter
    ) -> Numbers {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        used = 0
        var rowFields = SharedRowWriter.RowFields()
        let shape = bindUsage(record, to: statement, &facts)
        let series = facts.series(of: record, &rowFields)
        let result = facts.result(of: record, outcome: outcome, &rowFields)
        let form = facts.form(of: record, series: series, shape: shape, &rowFields)
        let numbers = Numbers(series: series, result: outcome == .open ? -result : result, form: form)
        integer(1, record.id.rawValue, statement)
        integer(2, Int64(numbers.series), statement)
        integer(3, Int64(numbers.result), statement)
        integer(4, Int64(numbers.form), statement)
        if record.startedAtMicroseconds != RowFormat.start(of: record.id.rawValue) {
            integer(5, record.startedAtMicroseconds, statement)
        }
        integer(6, Int64(record.attempt), statement)
        if !record.isNamedByID { identity(7, record.operationID, statement, &facts) }
        identity(8, record.requestID, statement, &facts)
        identity(9, record.responseID, statement, &facts)
        identity(10, record.clientRequestID, statement, &facts)
        identity(11, record.edgeRequestID, statement, &facts)
        identity(12, record.traceID, statement, &facts)
        identity(13, record.objectAlias, statement, &facts)
        integer(14, record.objectCreatedAtMicroseconds, statement)
        integer(16, record.cost.picoUSD, statement)
        integer(17, record.cost.upperBoundPicoUSD, statement)
        integer(18, record.timing.durationMicroseconds, statement)
        integer(19, record.timing.timeToHeadersMicroseconds, statement)
        integer(20, record.timing.timeToFirstTokenMicroseconds, statement)
        integer(21, record.timing.processingMicroseconds, statement)
        integer(22, record.timing.upstreamServiceMicroseconds, statement)
        integer(23, record.timing.gatewayMicroseconds, statement)
        integer(24, record.requestBytes, statement)
        integer(25, record.maximumOutputTokens, statement)
        if let limits = record.rateLimits { bindLimits(limits, to: statement) }
        if let extra = RowExtra.text(of: record, rowFields, hasShape: shape != 0) {
            extra.withUnsafeBytes { bytes in
                let pointer = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                _ = sqlite3_bind_text(statement, 27, pointer, Int32(bytes.count), Self.copies)
            }
        }
        return numbers
    }

    private func integer(_ index: Int32, _ value: Int64?, _ statement: SQLiteStatement) {
        if let value { sqlite3_bind_int64(statement, index, value) }
    }

    private func identity(
        _ index: Int32,
        _ text: String?,
        _ statement: SQLiteStatement,
        _ facts: inout SharedRowWriter
    ) {
        guard var text else { return }
        let start = memory + used
        var count = 0
        var isPacked = false
        text.withUTF8 { utf8 in
            if let length = facts.pack(utf8, as: latestForms[Int(index)], into: start) {
                count = length
                isPacked = true
            } else if let parts = IdentityParts(utf8), let form = facts.identityForm(utf8, parts) {
                latestForms[Int(index)] = form
                start[0] = UInt8(form)
                count = 1 + IdentityText.pack(utf8, parts, into: start + 1)
                isPacked = true
            } else {
                count = StatementBinder.keptLength(of: utf8)
                if let base = utf8.baseAddress { start.update(from: base, count: count) }
            }
        }
        used += count
        if isPacked {
            sqlite3_bind_blob(statement, index, start, Int32(count), nil)
        } else {
            start.withMemoryRebound(to: CChar.self, capacity: count) { pointer in
                _ = sqlite3_bind_text(statement, index, pointer, Int32(count), nil)
            }
        }
    }

    /// Binds the integers of the usage object, or the object itself if it has no shape.
    ///
    /// - Returns: The number of the shape; 0 if there is none.
    private func bindUsage(
        _ record: CallRecord,
        to statement: SQLiteStatement,
        _ facts: inout SharedRowWriter
    ) -> Int {
        guard var text = record.rawUsage else { return 0 }
        var shape = 0
        text.withUTF8 { utf8 in
            guard utf8.count <= Self.maximumDocumentLength else { return }
            let start = memory + used
            if let known = facts.latestShape(of: record.usage, utf8, &usage, into: start) {
                shape = known.number
                used += known.length
            } else if usage.read(utf8) {
                shape = facts.shape(of: record.usage, usage)
            }
            if used > start - memory {
                // The integers are written already.
            } else if shape == 0, let base = utf8.baseAddress {
                start.update(from: base, count: utf8.count)
                used += utf8.count
            } else {
                for index in 0..<usage.count {
                    if index > 0 { append(UInt8(ascii: ",")) }
                    append(usage[index])
                }
            }
            let count = (memory + used) - start
            start.withMemoryRebound(to: CChar.self, capacity: count) { pointer in
                _ = sqlite3_bind_text(statement, 15, pointer, Int32(count), nil)
            }
        }
        return shape
    }

    private func bindLimits(_ limits: RateLimits, to statement: SQLiteStatement) {
        let start = memory + used
        for (index, entry) in limits.windows.prefix(64).enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(entry.window.remaining)
            append(UInt8(ascii: ","))
            append(entry.window.resetMicroseconds)
        }
        let count = (memory + used) - start
        start.withMemoryRebound(to: CChar.self, capacity: count) { pointer in
            _ = sqlite3_bind_text(statement, 26, pointer, Int32(count), nil)
        }
    }

    private func append(_ byte: UInt8) {
        memory[used] = byte
        used &+= 1
    }

    private func append(_ value: Int64?) {
        guard let value else {
            for byte in "null".utf8 { append(byte) }
            return
        }
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = used
        repeat {
            append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var (low, high) = (start, used - 1)
        while low < high {
            (memory[low], memory[high]) = (memory[high], memory[low])
            (low, high) = (low + 1, high - 1)
        }
    }

    // SQLITE_TRANSIENT is a macro, which Swift does not import.
    private static var copies: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

extension CallRecord {
    /// True if the operation ID is the attempt's own ID, the usual case; compared without creating the ID's text.
    var isNamedByID: Bool {
        var text = operationID
        return text.withUTF8 { digits in
            guard digits.count == 16 else { return false }
            var rest = UInt64(bitPattern: id.rawValue)
            for digit in digits {
                let value = UInt8(truncatingIfNeeded: rest >> 60)
                guard digit == (value < 10 ? 0x30 + value : 0x57 + value) else { return false }
                rest <<= 4
            }
            return true
        }
    }
}

/// The JSON object of a row, with rare attributes and with fields beyond the capacity of their tables.
enum RowExtra {
    /// Returns the object of a record; `nil` if there is nothing to store in it.
    static func text(of record: CallRecord, _ rowFields: SharedRowWriter.RowFields, hasShape: Bool) -> [UInt8]? {
        let needsCounters = !hasShape && !record.usage.isEmpty
        if rowFields.isEmpty, !needsCounters, record.units.isEmpty, record.toolCalls.isEmpty,
            record.providerCost == nil,
            record.retryAfterMilliseconds == nil
        {
            return nil
        }
        var json = JSONWriter()
        json.beginObject()
        for field in Series.Field.allCases where rowFields.series & 1 << field.rawValue != 0 {
            guard let text = Series.text(field, of: record) else { continue }
            if field == .tags { json.member(field.name, literal: text) } else { json.member(field.name, kept(text)) }
        }
        for field in CallForm.Field.allCases where rowFields.form & 1 << field.rawValue != 0 {
            guard let text = CallForm.text(field, of: record) else { continue }
            switch field {
            case .requestOptions, .diagnostics, .limits: json.member(field.name, literal: text)
            default: json.member(field.name, kept(text))
            }
        }
        if rowFields.isErrorInRow {
            if let status = record.status { json.member("status", status) }
            if let type = record.errorType { json.member("error_type", kept(type)) }
            if let code = record.errorCode { json.member("error_code", kept(code)) }
        }
        if needsCounters {
            json.key("usage_counters")
            json.beginObject()
            for (counter, value) in record.usage.counters { json.member(counter.name, value) }
            json.endObject()
        }
        if let units = CompactJSON.object(record.units) { json.member("units", literal: units) }
        if let calls = CompactJSON.object(record.toolCalls.mapValues(String.init)) {
            json.member("tool_calls", literal: calls)
        }
        if let cost = record.providerCost { json.member("provider_cost", kept(cost)) }
        if let milliseconds = record.retryAfterMilliseconds { json.member("retry_after_ms", milliseconds) }
        json.endObject()
        return json.bytes
    }

    /// Applies the object of a row to a record, and returns the rate limits in it.
    static func apply(_ text: String, to record: inout CallRecord) -> [CallForm.Limit]? {
        var limits: [CallForm.Limit]?
        for (key, literal) in CompactJSON.members(of: text) ?? [] {
            var parser = JSONCompactor(literal)
            if let field = Series.Field.allCases.first(where: { $0.name == key }) {
                Series.set(field, field == .tags ? literal : parser.string(), of: &record)
                continue
            }
            switch key {
            case "method": record.method = parser.string() ?? ""
            case "path": record.path = parser.string() ?? ""
            case "finish": record.finish = parser.string()
            case "usage_source": record.usageSource = parser.string()
            case "cost_reason": record.cost.reason = parser.string().map(CostReason.init(rawValue:))
            case "price_version": record.cost.priceVersion = parser.string()
            case "request_options": record.requestOptions = CompactJSON.dictionary(literal)
            case "diagnostics": record.diagnostics = CompactJSON.texts(literal)
            case "limits": limits = CallForm.limits(literal)
            case "status": record.status = Int(literal)
            case "error_type": record.errorType = parser.string()
            case "error_code": record.errorCode = parser.string()
            case "usage_counters":
                let values = CompactJSON.dictionary(literal)
                for counter in TokenCounter.allCases {
                    record.usage[counter] = values[counter.name].flatMap { Int64($0) }
                }
            case "units": record.units = CompactJSON.dictionary(literal)
            case "tool_calls": record.toolCalls = CompactJSON.dictionary(literal).compactMapValues { Int64($0) }
            case "provider_cost": record.providerCost = parser.string()
            case "retry_after_ms": record.retryAfterMilliseconds = Int64(literal)
            default: break
            }
        }
        return limits
    }

    private static func kept(_ text: String) -> String {
        guard text.utf8.count > StatementBinder.maximumTextLength else { return text }
        return String(decoding: text.utf8.prefix(StatementBinder.keptLength(of: text)), as: UTF8.self)
    }
}
