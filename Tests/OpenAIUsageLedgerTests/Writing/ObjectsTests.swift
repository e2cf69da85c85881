import Foundation
import GRDB
import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Objects are counted once")
struct ObjectsTests {
    private static func sight(
        _ number: Int,
        _ method: String,
        _ path: String,
        _ identity: String,
        _ state: UsageState,
        alias: String? = nil
    ) -> CallRecord {
        let startedAt = Records.start + Int64(number) * 1_000_000
        var record = CallRecord(
            id: CallID(rawValue: startedAt << 11),
            startedAt: startedAt,
            source: .gateway,
            method: method,
            host: "api.openai.com",
            path: path
        )
        record.outcome = .completed
        record.status = 200
        record.responseID = identity
        record.objectAlias = alias
        record.usageState = state
        record.project = "proj_a"
        if state == .reported {
            record.usage[.inputTokens] = 10
            record.cost = CallCost(picoUSD: 1_000, status: .exact, priceVersion: "x")
        }
        return record
    }

    private static let query = ReportQuery(from: Records.start, to: Records.start + 3_600_000_000)

    @Test("A call that creates an object is settled when another tells what it used")
    func settled() async throws {
        let folder = TemporaryFolder()
        let created = Self.sight(1, "POST", "/v1/responses", "resp_1", .null)
        var shown = Self.sight(2, "GET", "/v1/responses/resp_1", "resp_1", .reported)
        shown.resolvedCall = created.id
        try await fill(folder, [created])
        let before = try LedgerReader(path: folder.ledger).report(Self.query)
        #expect(before.totals.callsWithoutUsage == 1)
        try await fill(folder, [shown])
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.calls(CallsQuery()).map(\.usageState) == [.settled, .reported])
        let report = try reader.report(Self.query)
        #expect(report.totals.calls == 2 && report.totals.callsWithoutUsage == 0 && report.totals.inputTokens == 10)
        #expect(report.totals.costPicoUSD == 1_000)
    }

    @Test("What a call only shows is in no sum")
    func shown() async throws {
        let folder = TemporaryFolder()
        var shown = Self.sight(2, "GET", "/v1/responses/resp_1", "resp_1", .reported)
        shown.isCounted = false
        shown.cost = CallCost()
        var polled = Self.sight(3, "GET", "/v1/responses/resp_2", "resp_2", .null)
        polled.isCounted = false
        try await fill(folder, [Self.sight(1, "POST", "/v1/responses", "resp_1", .reported), shown, polled])
        let report = try LedgerReader(path: folder.ledger).report(Self.query)
        #expect(report.totals.calls == 3 && report.totals.inputTokens == 10 && report.totals.costPicoUSD == 1_000)
        #expect(report.totals.callsWithoutUsage == 0 && report.totals.unpricedCalls == 0)
        let summary = try LedgerReader(path: folder.ledger).summary()
        #expect(summary.calls == 3 && summary.callsWithoutUsage == 0)
    }

    @Test("A reopened ledger knows what it has counted, and what it waits for")
    func reopened() async throws {
        let folder = TemporaryFolder()
        var created = Self.sight(1, "POST", "/v1/responses", "resp_waiting", .null)
        created.backgroundWindow = "8h"
        created.tags = ["team": "search"]
        try await fill(
            folder,
            [
                created, Self.sight(2, "POST", "/v1/responses", "resp_done", .reported),
                Self.sight(3, "GET", "/v1/batches/b", "b", .reported, alias: "file-b"),
            ]
        )
        let ledger = try Ledger(path: folder.ledger)
        var calls: [(identity: String, path: String)] = []
        calls.append(("resp_done", "/v1/responses/resp_done"))
        calls.append(("resp_waiting", "/v1/responses/resp_waiting"))
        var configuration = ExchangeConfiguration()
        configuration.objects = ledger.objects
        configuration.identities = CallIDGenerator(after: ledger.newestCallID)
        var records: [CallRecord] = []
        for (identity, path) in calls {
            records.append(try Self.observed(path, Self.body(identity), configuration))
        }
        let line = #"{"response":{"body":{"id":"c","usage":{"prompt_tokens":1,"completion_tokens":1}}}}"#
        records.append(try Self.observed("/v1/files/file-b/content", line, configuration))
        await ledger.close()
        #expect(records.map(\.isCounted) == [false, true, false])
        #expect(records[1].resolvedCall == created.id && records[1].backgroundWindow == "8h")
        #expect(records[1].tags == ["team": "search"])
    }

    @Test("An object that the process has forgotten is found in the file", arguments: [1, 4_096])
    func forgotten(flushThreshold: Int) async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = flushThreshold
        try await fill(
            folder,
            [
                Self.sight(1, "GET", "/v1/batches/b", "b", .reported, alias: "file-b"),
                Self.sight(2, "GET", "/v1/batches/b", "b", .reported, alias: "file-b"),
                Self.sight(3, "GET", "/v1/files/file-b/content", "file-b", .reported),
                Self.sight(4, "GET", "/v1/batches/other", "other", .reported),
                Self.sight(5, "POST", "/v1/responses", "resp", .null),
                Self.sight(6, "GET", "/v1/responses/resp", "resp", .reported),
            ],
            options: options
        )
        let records = try LedgerReader(path: folder.ledger).calls(CallsQuery())
        #expect(records.map(\.isCounted) == [true, false, false, true, true, true])
        #expect(records[1].cost == CallCost() && records[1].usage.inputTokens == 10)
        #expect(try LedgerReader(path: folder.ledger).calls(matching: "file-b").count == 3)
    }

    @Test("The writer finds the objects of rows that are not sealed without a scan")
    func noScan() async throws {
        let folder = TemporaryFolder()
        // A scan of 20,000 rows for each of 2,000 objects would take a hundred times as long.
        let alone = try await Self.timeOfShowing(after: 0, TemporaryFolder())
        let amongMany = try await Self.timeOfShowing(after: 20_000, folder)
        #expect(amongMany < alone * 10 + .seconds(2))
        var query = CallsQuery()
        query.filter.require(.endpoint, ["batches.retrieve"])
        let shown = try LedgerReader(path: folder.ledger).calls(query)
        #expect(shown.filter(\.isCounted).count == 1_000 && shown.count == 2_000)
    }

    private static func timeOfShowing(after count: Int, _ folder: TemporaryFolder) async throws -> Duration {
        var options = LedgerOptions()
        options.flushThreshold = 1_000_000
        let ledger = try Ledger(path: folder.ledger, options: options)
        for number in 0..<count {
            ledger.record(sight(number, "POST", "/v1/videos", "video_\(number)", .missing))
        }
        await ledger.flush()
        let start = ContinuousClock.now
        for number in 0..<2_000 {
            ledger.record(sight(30_000 + number, "GET", "/v1/batches/b", "b_\(number % 1_000)", .reported))
        }
        await ledger.flush()
        let duration = ContinuousClock.now - start
        await ledger.close()
        return duration
    }

    @Test("A record that is not counted after all says so to who handed it in")
    func decision() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let outcomes = Collector<CommitOutcome>()
        for number in 1...3 {
            ledger.record(Self.sight(number, "GET", "/v1/batches/b", "b", .reported)) { outcomes.append($0) }
        }
        await ledger.close()
        #expect(outcomes.all == [.written, .writtenUncounted, .writtenUncounted])
        #expect(ledger.statistics.written == 3)
    }

    @Test("Containers are paid for beyond a restart, inside their 20 minutes", arguments: [5, 19, 20, 45])
    func containers(minutes: Int64) async throws {
        let folder = TemporaryFolder()
        let clock = ManualClock()
        var options = LedgerOptions()
        options.clock = clock
        func use(_ response: String) async throws -> [Int64?] {
            let ledger = try Ledger(path: folder.ledger, options: options)
            var configuration = ExchangeConfiguration(clock: clock, objects: ledger.objects)
            configuration.identities = ledger.identities
            let body = """
                {"id":"\(response)","status":"completed","model":"gpt-5.6-sol",\
                "output":[{"type":"code_interpreter_call","status":"completed","container_id":"cntr_a"}],\
                "tools":[{"type":"code_interpreter","container":{"memory_limit":"4g"}}],\
                "usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}
                """
            var counts: [Int64?] = []
            for number in 0..<2 {
                let text = body.replacingOccurrences(of: response, with: "\(response)_\(number)")
                let record = try Self.observed("/v1/responses", text, configuration, method: .post)
                counts.append(record.toolCalls["container.4g"])
                ledger.record(record)
            }
            await ledger.close()
            return counts
        }
        #expect(try await use("resp_1") == [1, nil])
        clock.advance(seconds: minutes * 60)
        #expect(try await use("resp_2") == [minutes < 20 ? nil : 1, nil])
    }

    @Test("A ledger of the first version is upgraded by whoever opens it")
    func upgraded() async throws {
        let folder = TemporaryFolder()
        let database = try await LegacyLedger.create(at: folder.ledger, version: 1)
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO call(id, started_at, attempt, source, method, host, path, endpoint, is_stream, project,
                        outcome, usage_state, cost_status, input_tokens)
                    VALUES(7, ?, 0, 'gateway', 'POST', 'h', '/v1/responses', 'responses', 0, 'p', 'completed', 'reported',
                        'none', 12)
                    """,
                arguments: [Records.start]
            )
        }
        try database.close()
        let records = try LedgerReader(path: folder.ledger).calls(CallsQuery())
        #expect(records.count == 1 && records[0].isCounted && records[0].usage.inputTokens == 12)
        #expect(records[0].requestOptions.isEmpty && records[0].diagnostics.isEmpty)
        try await fill(folder, [Records.plain(1)])
        #expect(try LedgerReader(path: folder.ledger).calls(CallsQuery()).count == 2)
    }

    @Test("A ledger of the first version that somebody holds is not touched")
    func held() async throws {
        let folder = TemporaryFolder()
        let database = try await LegacyLedger.create(at: folder.ledger, version: 1)
        try database.close()
        let lock = try LedgerLock(path: "\(folder.ledger).lock", purpose: "an older gateway")
        defer { lock.release() }
        #expect(code { _ = try LedgerReader(path: folder.ledger) } == .locked)
        let version = try await DatabaseQueue(path: folder.ledger).read {
            try Int.fetchOne($0, sql: "PRAGMA user_version")
        }
        #expect(version == 1)
    }

    private static func body(_ identity: String) -> String {
        #"{"id":"\#(identity)","status":"completed","model":"gpt-5.6-sol","usage":{"input_tokens":1,"output_tokens":1}}"#
    }

    private static func observed(
        _ path: String,
        _ body: String,
        _ configuration: ExchangeConfiguration,
        method: HTTPRequest.Method = .get
    ) throws -> CallRecord {
        let exchange = Exchange(
            request: .init(method: method, scheme: "https", authority: "api.openai.com", path: path),
            configuration: configuration,
            sink: MultiplexSink()
        )
        exchange.receive(head: .init(status: .ok, headerFields: [.contentType: "application/json"]))
        exchange.receive(body: Array(body.utf8).span.bytes)
        return try #require(exchange.end(.completed))
    }
}
