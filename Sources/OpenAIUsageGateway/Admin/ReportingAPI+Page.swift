import Foundation
import Hummingbird
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The answers that the page needs beside reports and calls.
extension ReportingAPI {
    /// The most calls in flight of an answer.
    private static let liveLimit = 200
    /// The age up to which calls in flight are looked for, in microseconds.
    private static let liveAge: Int64 = 86_400_000_000

    /// Returns the parameter `period`; `nil` if it is absent.
    static func period(_ parameters: inout QueryParameters) throws(ParameterError) -> CalendarPeriod? {
        let names =
            "one of \(CalendarPeriod.names.joined(separator: ", ")), or as 2026-11-29, 2026-W48, 2026-11, 2026-Q4 or 2026"
        return try parameters.one("period", names) { CalendarPeriod($0) }
    }

    /// Returns the most calls of a range that are read for exact percentiles: none if the parameter `percentiles` asks for
    /// estimates, which are within 1 %.
    static func exactLimit(_ parameters: inout QueryParameters) throws(ParameterError) -> Int {
        try parameters.one("percentiles", "exact or estimate") { text -> Int? in
            text == "exact" ? LedgerReader.exactReportLimit : text == "estimate" ? 0 : nil
        } ?? LedgerReader.exactReportLimit
    }

    /// Returns today and this month, as `oai-usage glance` writes them; a brief answer has empty lists.
    func glance(_ parameters: inout QueryParameters) async throws -> Response {
        let zone = "the IANA name of a time zone, as in Europe/Paris, or UTC"
        let timeZone = try parameters.one("timezone", zone) { TimeZone(reportName: $0) } ?? .gmt
        let isBrief = try parameters.one("brief", "true or false") { Bool(String($0)) } ?? false
        try parameters.finish()
        let now = clock.wallMicroseconds
        let json = try await lease { reader in
            let source = PooledPeriodReader(reader: reader)
            return try await Glance(source, now: now, timeZone: timeZone, isBrief: isBrief).json
        }
        return response("application/json", Array((json + "\n").utf8))
    }

    /// Returns the calls in flight, the oldest first, without those that have only just begun.
    func live(_ parameters: inout QueryParameters) async throws -> Response {
        try parameters.finish()
        let now = clock.wallMicroseconds
        var query = CallsQuery()
        query.filter.require(.outcome, [Outcome.open.rawValue])
        query.fromMicroseconds = now - Self.liveAge
        query.order = .newestFirst
        query.limit = Self.liveLimit
        let records = try await read { [query] in try $0.calls(query) }.sorted { $0.id < $1.id }
        var json = JSONWriter()
        json.beginObject()
        json.member("at", TimestampText.utc(now))
        json.member("limit", Self.liveLimit)
        json.key("calls")
        json.beginArray()
        for record in records { json.literal(record.json) }
        json.endArray()
        json.endObject()
        return response("application/json", Array((json.text + "\n").utf8))
    }

    /// Returns the cost of a call line by line, as `oai-usage prices explain` writes it: one object a line and attempt.
    func cost(_ identity: String, _ parameters: inout QueryParameters) async throws -> Response {
        try parameters.finish()
        let records = try await read { try $0.calls(named: identity) }
        guard !records.isEmpty else { throw Self.unknownCall(identity) }
        let book = prices()
        let lines = records.map { CostComparison($0, book: book).json.line + "\n" }
        return response(Self.linesType, Array(lines.joined().utf8))
    }

    /// Returns what a call cost before it was repriced: one object a line for each attempt.
    func formerCosts(_ identity: String, _ parameters: inout QueryParameters) async throws -> Response {
        let format = try format(&parameters, "jsonl")
        try parameters.finish()
        let attempts = try await read { reader in
            let calls = try format == .json ? reader.calls(named: identity) : reader.calls(matching: identity)
            return try calls.map { (call: $0.id, costs: try reader.formerCosts(of: $0.id)) }
        }
        guard !attempts.isEmpty else { throw Self.unknownCall(identity) }
        guard format == .json else {
            // The command asks by the id of one attempt, which may also name the operation of others.
            let costs = attempts.filter { $0.call.description == identity }.flatMap(\.costs)
            return response(Self.mergeableType, FormerCost.bytes(costs))
        }
        let lines = attempts.map { "{\"id\":\"\($0.call)\",\"former_costs\":\(FormerCost.json($0.costs))}\n" }
        return response(Self.linesType, Array(lines.joined().utf8))
    }

    /// Returns the runs of repricing that changed costs, as `oai-usage reprice --history` writes them.
    func reprices(_ parameters: inout QueryParameters) async throws -> Response {
        let format = try format(&parameters, "json")
        try parameters.finish()
        let runs = try await read { try $0.repriceHistory() }
        return format == .json
            ? response("application/json", Array((RepriceHistoryEntry.json(runs) + "\n").utf8))
            : response(Self.mergeableType, RepriceHistoryEntry.bytes(runs))
    }

    /// Returns the states of the budgets, as `oai-usage budget` writes them.
    func budgets(_ parameters: inout QueryParameters) async throws -> Response {
        try parameters.finish()
        let (budgets, now) = (budgets, clock.wallMicroseconds)
        let statuses = budgets.isEmpty ? [] : try await read { try $0.status(of: budgets, now: now) }
        return response("application/json", Array((BudgetStatus.json(statuses) + "\n").utf8))
    }

    /// Returns the result of the last reconciliation, as `oai-usage reconcile` left it; null if there is none.
    func reconciliation(_ parameters: inout QueryParameters) async throws -> Response {
        try parameters.finish()
        await reconciliation?.refresh()
        let result = reconciliation?.latest?.json ?? "null"
        return response("application/json", Array("{\"reconciliation\":\(result)}\n".utf8))
    }

    static func unknownCall(_ identity: String) -> Rejection {
        Rejection(
            status: .notFound,
            error: APIError("No call is named \(identity.prefix(200)).", param: "identity", code: "unknown_call")
        )
    }

    /// Returns the identity in the parts of a path behind ``prefix``.
    func identity(_ parts: ArraySlice<Substring>) throws(ParameterError) -> String {
        guard let identity = parts.dropFirst().first.flatMap({ QueryParameters.decoded(String($0)) }), !identity.isEmpty
        else {
            throw ParameterError(nil, "The path must end with the identity of a call, percent-encoded")
        }
        return identity
    }
}

extension CallSelection {
    /// Limits the selection to a calendar period in its time zone; `nil` leaves it as it is.
    ///
    /// - Throws: A ``ParameterError`` for a period beside a range, or one that lies in the future.
    mutating func limit(to period: CalendarPeriod?, now: Int64) throws(ParameterError) {
        guard let period else { return }
        guard since == nil, until == nil else {
            throw ParameterError("period", "names a range of its own; leave out since and until")
        }
        guard period != .all else { return }
        guard let range = period.range(now: now, timeZone: timeZone) else {
            throw ParameterError("period", "lies in the future")
        }
        since = .absolute(microseconds: range.from)
        until = .absolute(microseconds: range.to)
    }
}

/// The gateway's own ledger as a source of a glance.
private struct PooledPeriodReader: PeriodReader {
    let reader: AsyncLedgerReader

    var names: [String] { [reader.path] }

    func report(
        _ range: CalendarPeriod.Range,
        by dimensions: [ReportDimension],
        of selection: CallSelection
    ) async throws -> Report {
        var selection = selection
        selection.since = .absolute(microseconds: range.from)
        selection.until = .absolute(microseconds: range.to)
        let query = try ReportRequest(selection, groupBy: dimensions).query(now: range.to) { nil }
        return try await reader.run { try $0.report(query, exactLimit: 0) }
    }
}

extension LedgerReader {
    /// Returns the calls with an identity, or with the only one that begins with a text; none if there is no such call.
    ///
    /// - Throws: A ``LedgerError``, or a ``ParameterError`` if several identities begin with the text.
    func calls(named text: String) throws -> [CallRecord] {
        let records = try calls(matching: text)
        // The whole ID of an attempt is the beginning of nothing else that anybody would give.
        guard records.isEmpty, text.utf8.count != 16 || CallID(text) == nil else { return records }
        let found = try identities(beginningWith: text).identities
        guard found.count <= 1 else {
            let listed = found.prefix(5).joined(separator: ", ") + (found.count > 5 ? ", ..." : "")
            throw ParameterError(nil, "\(text) is the beginning of several: \(listed). Give more of it")
        }
        return try found.first.map { try calls(matching: $0) } ?? []
    }
}
