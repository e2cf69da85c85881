import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Parameters of a query")
struct QueryParametersTests {
    private static let now: Int64 = 1_795_425_301_000_000

    @Test("A selection is what the flags of the command would make")
    func selection() throws {
        var parameters = try QueryParameters(
            "project=a&project=b%20c&model=x&endpoint=responses&outcome=error&tag=team%3Dred&since=2026-11-01T00:00:00%2B01:00"
                + "&until=2026-11-02&timezone=Europe%2FParis&by=model,day"
        )
        let request = try ReportRequest(&parameters)
        try parameters.finish()
        #expect(request.selection.filter.values(.project) == ["a", "b c"])
        #expect(request.selection.filter.values(.tag("team")) == ["red"])
        #expect(request.selection.filter.values(.outcome) == ["error"])
        #expect(request.groupBy == [.model, .day])
        let query = try request.query(now: Self.now) { nil }
        #expect(TimestampText.utc(query.fromMicroseconds, isShort: true) == "2026-10-31T23:00:00Z")
        #expect(TimestampText.utc(query.toMicroseconds, isShort: true) == "2026-11-01T23:00:00Z")
    }

    @Test("A list that has a start needs no end, and a report that begins in the future says so")
    func openEnd() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<4).map { Records.plain($0, at: Self.now - Int64($0) * 60_000_000) })
        var selection = CallSelection()
        selection.since = .ago(milliseconds: 90_000)
        let union = LedgerUnion([LedgerFileSource(AsyncLedgerReader(path: folder.ledger))])
        var listing = try await union.listing(CallsRequest(selection), now: Self.now)
        var found: [CallRecord] = []
        while let record = try await listing.next() { found.append(record) }
        #expect(found.count == 2)
        selection.since = .absolute(microseconds: Self.now + 1)
        let request = ReportRequest(selection, groupBy: [])
        #expect(throws: ParameterError("since", "lies in the future")) { try request.query(now: Self.now) { nil } }
    }

    @Test("The plus sign of an offset need not be encoded, and one in a name is a blank")
    func plus() throws {
        var parameters = try QueryParameters("project=my+proj&since=2026-11-01T00:00:00+01:00")
        let selection = try CallSelection(&parameters)
        #expect(selection.filter.values(.project) == ["my proj"])
        #expect(selection.since == TimestampArgument("2026-10-31T23:00:00Z"))
    }

    @Test("What is sent is what was meant", arguments: ["a", "ä/&=?+ %", "\u{1f600}", "", "a\nb"])
    func roundTrip(name: String) throws {
        var selection = CallSelection()
        try selection.add(.project, [name], isExcluded: false)
        try selection.add(.model, [name, "b"], isExcluded: true)
        try selection.add(.outcome, ["cut"], isExcluded: false)
        try selection.add(.status, ["5xx", "429"], isExcluded: false)
        try selection.add(.tag("t"), [name], isExcluded: false)
        selection.minimumDuration = DurationArgument("1500ms")
        selection.since = .ago(milliseconds: 1_500)
        selection.timeZone = try #require(TimeZone(reportName: "Asia/Kathmandu"))
        let request = ReportRequest(try selection.resolved(now: Self.now), groupBy: [])
        var parameters = try QueryParameters(QueryParameters.text(request.parameters))
        #expect(try ReportRequest(&parameters) == request)
        try parameters.finish()
        #expect(try request.query(now: 0) { nil } == ReportRequest(selection, groupBy: []).query(now: Self.now) { nil })
    }

    @Test(
        "What is not understood is named, with what is allowed",
        arguments: [
            ("since=soon", "since", "7d"), ("timezone=CET", "timezone", "Europe/Paris"),
            ("outcome=great", "outcome", "cut"),
            ("tag=x", "tag", "name=value"), ("by=colour", "by", "project"), ("by=day,day", "by", "twice"),
            ("since=1d&since=2d", "since", "once"), ("projects=a", "projects", "project, model"),
            ("since=2026-11-02&until=2026-11-01", "since", "before the end of the range"),
        ]
    )
    func mistakes(query: String, name: String, allowed: String) {
        #expect {
            var parameters = try QueryParameters(query)
            let request = try ReportRequest(&parameters)
            try parameters.finish()
            _ = try request.query(now: Self.now) { nil }
        } throws: { error in
            (error as? ParameterError)?.parameter == name && "\(error)".contains(allowed)
        }
    }

    @Test("A query that is encoded wrongly or too long is refused", arguments: ["a=%zz", "a=%ff", "a=%2"])
    func encoding(query: String) {
        #expect(throws: ParameterError.self) { try QueryParameters(query) }
        #expect(throws: ParameterError.self) { try QueryParameters(String(repeating: "a", count: 20_000)) }
    }

    @Test(
        "A limit is a number of calls, 0 for all",
        arguments: [("", 50), ("limit=0", nil), ("limit=7", 7)] as [(String, Int?)]
    )
    func limit(query: String, expected: Int?) throws {
        var parameters = try QueryParameters(query)
        #expect(try CallsRequest(&parameters).limit == expected)
        var wrong = try QueryParameters("limit=-1")
        #expect(throws: ParameterError.self) { try CallsRequest(&wrong) }
    }
}
