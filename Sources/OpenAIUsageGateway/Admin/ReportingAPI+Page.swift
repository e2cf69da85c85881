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
        let names = "one of \(CalendarPeriod.names.joined(separator: ", ")), or as 2026-11, 2026-W48 or 2026"
        return try parameters.one("period", names) { CalendarPeriod($0) }
    }

    /// Returns the most calls of a range that are read for exact percentiles: none if the parameter `percentiles` asks for
    /// estimates, which are within 1 %.
    static func exactLimit(_ parameters: inout QueryParameters) throws(ParameterError) -> Int {
        try parameters.one("percentiles", "exact or estimate") { text -> Int? in
            text == "exact" ? LedgerReader.exactReportLimit : text == "estimate" ? 0 : nil
        } ?? LedgerReader.exactReportLimit
    }

    /// Returns today and this month, as `oai-usage glance` writes them.
    func glance(_ parameters: inout QueryParameters) async throws -> Response {
        let zone = "the IANA name of a time zone, as in Europe/Paris, or UTC"
        let timeZone = try parameters.one("timezone", zone) { TimeZone(reportName: $0) } ?? .gmt
        try parameters.finish()
        let now = clock.wallMicroseconds
        let json = try await lease { reader in
            try await Glance(PooledPeriodReader(reader: reader), now: now, timeZone: timeZone).json
        }
        return response("application/json", Array((json + "\n").utf8))
    }

    /// Returns the calls in flight, the oldest first, without those that have only just begun.
    func live(_ parameters: inout QueryParameters) async throws -> Response {
        try parameters.finish()
        let now = clock.wallMicroseconds
        var query = CallsQuery()
        query.filter.require(.outcome, [Outcome.open.rawValue])
        query.from = now - Self.liveAge
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
        let records = try await read { try $0.calls(matching: identity) }
        guard !records.isEmpty else { throw Self.unknownCall(identity) }
        let book = prices()
        let lines = records.map { CostComparison($0, book: book).json.line + "\n" }
        return response(Self.linesType, Array(lines.joined().utf8))
    }

    static func unknownCall(_ identity: String) -> Refusal {
        Refusal(
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
