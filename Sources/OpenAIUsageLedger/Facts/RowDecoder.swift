import OpenAIUsage

/// Decodes records from rows with all columns.
struct RowDecoder {
    private let facts: SharedTables
    private let endpoints = KnownEndpoints()

    /// Creates a decoder with the shared tables.
    init(_ facts: SharedTables) {
        self.facts = facts
    }

    /// Decodes the current row of a statement.
    func record(_ source: StatementRow) -> CallRecord {
        var row = source
        let id = row.integer() ?? 0
        let series = facts.series(row.integer() ?? 0)
        let resultNumber = row.integer() ?? 0
        let result = facts.result(resultNumber)
        let formNumber = row.integer() ?? 0
        let form = facts.form(formNumber)
        let extra = row.text(at: Int32(RowFormat.columns.count - 1))
        let startedAt = row.integer() ?? RowFormat.start(of: id)
        // The endpoint follows from method and path, which may be stored in the row.
        let members = extra.flatMap { form?.rowFields != 0 ? CompactJSON.dictionary($0) : nil }
        let method = Self.text(members?["method"]) ?? form?[.method] ?? ""
        let path = Self.text(members?["path"]) ?? form?[.path] ?? ""
        let attempt = Int(row.integer() ?? 0)
        let operation = row.identity(facts)
        var record = CallRecord(
            id: CallID(rawValue: id),
            operationID: operation,
            startedAt: startedAt,
            source: series?.source ?? .library,
            method: method,
            host: "",
            path: path,
            endpoint: members == nil ? endpoints.endpoint(of: formNumber, method, path) : nil
        )
        series?.apply(to: &record)
        record.attempt = attempt
        record.requestID = row.identity(facts)
        record.responseID = row.identity(facts)
        record.clientRequestID = row.identity(facts)
        record.edgeRequestID = row.identity(facts)
        record.traceID = row.identity(facts)
        record.objectAlias = row.identity(facts)
        record.objectCreatedAtMicroseconds = row.integer()
        if let result {
            record.outcome = resultNumber < 0 ? .open : result.outcome
            record.status = result.status
            record.errorType = result.errorType
            record.errorCode = result.errorCode
        }
        readUsage(of: &record, form, from: &row)
        record.cost.picoUSD = row.integer()
        record.cost.upperBoundPicoUSD = row.integer()
        record.timing.durationMicroseconds = row.integer()
        record.timing.timeToHeadersMicroseconds = row.integer()
        record.timing.timeToFirstTokenMicroseconds = row.integer()
        record.timing.processingMicroseconds = row.integer()
        record.timing.upstreamServiceMicroseconds = row.integer()
        record.timing.gatewayMicroseconds = row.integer()
        record.requestBytes = row.integer()
        record.maximumOutputTokens = row.integer()
        let limitNumbers = row.text()
        form?.apply(to: &record, limitNumbers: limitNumbers.map(Self.numbers(_:)) ?? [])
        if let extra, let limits = RowExtra.apply(extra, to: &record) {
            record.rateLimits = RateLimits(limits, limitNumbers.map(Self.numbers(_:)) ?? [])
        }
        return record
    }

    private func readUsage(of record: inout CallRecord, _ form: CallForm?, from row: inout StatementRow) {
        guard let form, form.shape != 0, let shape = facts.shape(form.shape) else {
            record.rawUsage = row.text()
            return
        }
        let numbers = row.numbers() ?? []
        record.rawUsage = shape.text(numbers)
        record.usage = shape.usage(numbers)
    }

    private static func text(_ literal: String?) -> String? {
        literal.flatMap {
            var parser = JSONCompactor($0)
            return parser.string()
        }
    }

    private static func numbers(_ text: String) -> [Int64?] {
        text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
    }
}

/// A cache of the endpoints of forms.
private final class KnownEndpoints {
    private var known: [Int64: Endpoint] = [:]

    func endpoint(of form: Int64, _ method: String, _ path: String) -> Endpoint {
        if let endpoint = known[form] { return endpoint }
        let endpoint = Endpoint(method: method, path: path)
        known[form] = endpoint
        return endpoint
    }
}

extension RateLimits {
    /// Creates rate limits from the limits of resources, and two numbers for each: remaining and reset.
    init(_ limits: [CallForm.Limit], _ numbers: [Int64?]) {
        self.init()
        for (index, limit) in limits.enumerated() {
            let place = index * 2
            let window = Window(
                limit: limit.limit,
                remaining: place < numbers.count ? numbers[place] : nil,
                resetMicroseconds: place + 1 < numbers.count ? numbers[place + 1] : nil
            )
            windows.append((limit.resource, window))
        }
    }
}
