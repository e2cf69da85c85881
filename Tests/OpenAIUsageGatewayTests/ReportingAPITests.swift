import HTTPTypes
import HummingbirdCore
import NIOEmbedded
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// The ledger's reports over HTTP.
struct ReportingAPITests {
    private static let upstream = "http://127.0.0.1:1"
    /// The Monday 2026-11-23T12:00:00Z.
    private static let noon: Int64 = 1_795_435_200_000_000
    private static let range = "since=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z"

    static func record(_ number: Int) -> CallRecord {
        let startedAt = noon + Int64(number) * 1_000
        var record = CallRecord(
            id: CallID(rawValue: startedAt << 11 | Int64(number & 0x7ff)),
            startedAt: startedAt,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/responses"
        )
        record.outcome = number % 10 == 9 ? .error : .completed
        record.status = number % 10 == 9 ? 429 : 200
        record.project = ["a", "b"][number % 2]
        record.model = "gpt-4o-mini-2024-07-18"
        record.requestID = "req/\(number)"
        record.usageState = .reported
        record.usage[.inputTokens] = 1_000
        record.timing.durationMicroseconds = Int64(number) * 1_000
        record.cost = PriceBook.bundled.cost(of: record)
        return record
    }

    private static func run(
        _ count: Int = 1_200,
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        body: (RunningGateway) async throws -> Void
    ) async throws {
        try await RunningGateway.run(upstream: upstream, configure: configure) { gateway in
            for number in 0..<count { gateway.ledger.record(record(number)) }
            try await body(gateway)
        }
    }

    private static func error(_ response: RawMessage) throws -> JSONDocument.Value {
        #expect(response["content-type"] == ["application/json"])
        return try #require(try JSONDocument(parsing: response.text).root.value["error"])
    }

    @Test
    func `Answers are those of the reader, and hold calls that were recorded just before`() async throws {
        try await Self.run { gateway in
            let response = try await gateway.ask("/api/v1/report?by=project,outcome&\(Self.range)")
            #expect(response.status == 200)
            var parameters = try QueryParameters("by=project,outcome&\(Self.range)")
            let request = try ReportRequest(&parameters)
            let reader = try LedgerReader(path: gateway.ledgerPath)
            #expect(response.text == (try reader.report(request, now: 0).json) + "\n")
            #expect(response.text.contains(#""totals":{"calls":1200,"errors":120,"#))

            let latest = try await gateway.ask("/api/v1/calls?limit=3&project=a")
            #expect(latest["content-type"] == ["application/x-ndjson"])
            #expect(latest.text == [1_194, 1_196, 1_198].map { Self.record($0).json + "\n" }.joined())
            let next = try await gateway.ask("/api/v1/calls?limit=2&after=\(Self.record(700).id)")
            #expect(next.text == [701, 702].map { Self.record($0).json + "\n" }.joined())

            let one = try await gateway.ask("/api/v1/calls/req%2F7")
            #expect(one.text == Self.record(7).json + "\n")
            let head = try await gateway.ask("/api/v1/report", method: "HEAD")
            #expect(head.status == 200 && head.text.isEmpty)
            #expect(try await gateway.ask("/api/v1/limits").text == "{\"limits\":[]}\n")
        }
    }

    @Test
    func `A call's cost is explained, and a period and estimates may be asked for`() async throws {
        try await Self.run(20) { gateway in
            let cost = try await gateway.ask("/api/v1/calls/req%2F7/cost")
            #expect(cost["content-type"] == ["application/x-ndjson"])
            #expect(cost.text == CostComparison(Self.record(7), book: .bundled).json.line + "\n")
            let month = try await gateway.ask("/api/v1/report?by=none&period=2026-11")
            #expect(month.text.hasPrefix(#"{"from":"2026-11-01T00:00:00Z","#))
            let estimate = try await gateway.ask("/api/v1/report?by=none&\(Self.range)&percentiles=estimate")
            #expect(estimate.text.contains(#""totals":{"calls":20,"errors":2,"#))
            #expect(try await gateway.ask("/api/v1/live").text.hasSuffix(#","limit":200,"calls":[]}"# + "\n"))
            #expect(try await gateway.ask("/api/v1/glance").text.hasPrefix(#"{"ledgers":["\#(gateway.ledgerPath)"]"#))
        }
    }

    @Test
    func `All calls are streamed, and a reader's place is free again behind them`() async throws {
        try await Self.run { gateway in
            let expected = (0..<1_200).map { Self.record($0).json + "\n" }.joined()
            for _ in 0..<6 {
                let all = try await gateway.ask("/api/v1/calls?limit=0")
                #expect(all["transfer-encoding"] == ["chunked"])
                #expect(all.text == expected)
            }
        }
    }

    @Test(
        arguments: [
            ("/api/v1/report?by=colour", 400, "by", "invalid_parameter"),
            ("/api/v1/report?colour=red", 400, "colour", "invalid_parameter"),
            ("/api/v1/report?since=soon", 400, "since", "invalid_parameter"),
            ("/api/v1/report?since=2026-11-24&until=2026-11-23", 400, "since", "invalid_parameter"),
            ("/api/v1/report?since=2026-11-23&until=2026-11-23", 400, "since", "invalid_parameter"),
            ("/api/v1/report?format=csv", 400, "format", "invalid_parameter"),
            ("/api/v1/report?project=%zz", 400, nil, "invalid_parameter"),
            ("/api/v1/calls?limit=-1", 400, "limit", "invalid_parameter"),
            ("/api/v1/calls?format=mergeable&limit=501", 400, "limit", "invalid_parameter"),
            ("/api/v1/calls?after=xyz", 400, "after", "invalid_parameter"),
            ("/api/v1/limits?project=a", 400, "project", "invalid_parameter"),
            ("/api/v1/calls/none", 404, "identity", "unknown_call"), ("/api/v1/calls/", 400, nil, "invalid_parameter"),
            ("/api/v1/nothing", 404, nil, "unknown_path"), ("/api/v1", 404, nil, "unknown_path"),
            ("/api/v1/calls/a/b", 404, nil, "unknown_path"),
            ("/api/v1/calls/none/cost", 404, "identity", "unknown_call"),
            ("/api/v1/calls//cost", 400, nil, "invalid_parameter"),
            ("/api/v1/report?period=soon", 400, "period", "invalid_parameter"),
            ("/api/v1/report?period=2999", 400, "period", "invalid_parameter"),
            ("/api/v1/calls?period=today&since=7d", 400, "period", "invalid_parameter"),
            ("/api/v1/report?percentiles=best", 400, "percentiles", "invalid_parameter"),
            ("/api/v1/glance?timezone=Mars", 400, "timezone", "invalid_parameter"),
            ("/api/v1/live?limit=1", 400, "limit", "invalid_parameter"),
        ] as [(String, Int, String?, String)]
    )
    func `What is wrong is said as the provider says it`(
        path: String,
        status: Int,
        param: String?,
        code: String
    ) async throws {
        try await Self.run(1) { gateway in
            let response = try await gateway.ask(path)
            #expect(response.status == status)
            let error = try Self.error(response)
            #expect(error["param"]?.string == param)
            #expect(error["code"]?.string == code)
            #expect(error["type"]?.string == "invalid_request_error")
            #expect(error["message"]?.string?.hasSuffix(".") == true)
        }
    }

    @Test
    func `Only reading is allowed, and only with the operators' token`() async throws {
        let token = "tok-of-an-operator-of-this-test"
        try await Self.run(1, configure: { $0.access.adminTokens = try? AccessTokens(text: token, place: "t") }) {
            gateway in
            let field = "Authorization: Bearer \(token)\r\n"
            let post = try await gateway.ask("/api/v1/report", method: "POST", extra: field + "Content-Length: 0\r\n")
            #expect(post.status == 405 && post["allow"] == ["GET, HEAD"])
            #expect(try Self.error(post)["code"]?.string == "method_not_allowed")
            let refused = try await gateway.ask("/api/v1/report")
            #expect(refused.status == 401)
            _ = try Self.error(refused)
            #expect(try await gateway.ask("/api/v1/report", extra: field).status == 200)
        }
    }

    @Test
    func `A fifth request at once is refused, and told when to come again`() async throws {
        let pool = ReaderPool(path: "/nowhere", capacity: 4, streams: 2)
        var leases = try (0..<4).map { _ in try #require(pool.take()) }
        #expect(pool.take() == nil)
        leases.removeLast()
        let again = try #require(pool.take())
        #expect(pool.take() == nil)
        _ = again
        pool.close()
        leases = []
        #expect(pool.take() == nil)

        var limits = ReportingAPI.Limits()
        limits.concurrency = 0
        let api = ReportingAPI(path: "/nowhere", limits: limits)
        for path in ["report", "calls", "calls/x", "limits"] {
            await #expect {
                try await api.answer("/api/v1/\(path)", "", NIOAsyncTestingChannel())
            } throws: {
                let rejection = $0 as? ReportingAPI.Rejection
                return rejection?.status == .serviceUnavailable && rejection?.retrySeconds == 1
                    && rejection?.error.code == "too_many_requests"
            }
        }
    }

    @Test
    func `Streams leave places for other requests, and give theirs back`() throws {
        let pool = ReaderPool(path: "/nowhere", capacity: 4, streams: 2)
        var streams = try (0..<2).map { _ in try #require(pool.take(isForStream: true)) }
        #expect(pool.take(isForStream: true) == nil)
        let others = try (0..<2).map { _ in try #require(pool.take()) }
        #expect(pool.take() == nil)
        streams.removeLast()
        #expect(pool.take(isForStream: true) != nil)
        withExtendedLifetime((streams, others)) {}
    }

    @Test
    func `A report with too many groups is refused before they need memory`() async throws {
        try await Self.run(20) { gateway in
            await gateway.ledger.flush()
            var limits = ReportingAPI.Limits()
            limits.groups = 2
            let api = ReportingAPI(path: gateway.ledgerPath, limits: limits)
            let channel = NIOAsyncTestingChannel()
            for percentiles in ["exact", "estimate"] {
                let rest = "\(Self.range)&percentiles=\(percentiles)"
                let granted = try await api.answer("/api/v1/report", "by=project&\(rest)", channel).status
                #expect(granted == .ok)
                await #expect {
                    try await api.answer("/api/v1/report", "by=project,outcome&\(rest)", channel)
                } throws: {
                    let rejection = $0 as? ReportingAPI.Rejection
                    return rejection?.status == .badRequest && rejection?.error.code == "too_many_groups"
                }
            }
            api.close()
        }
    }

    @Test(arguments: ["/api/v1/report", "/metrics", "/api/v1/status"])
    func `A page elsewhere cannot make a browser ask`(path: String) async throws {
        try await Self.run(1) { gateway in
            let elsewhere = try await gateway.ask(path, extra: "Sec-Fetch-Site: cross-site\r\n").status
            #expect(elsewhere == 403)
            for site in ["same-origin", "none"] {
                let own = try await gateway.ask(path, extra: "Sec-Fetch-Site: \(site)\r\n").status
                #expect(own == 200)
            }
            let page = try await gateway.ask("/", extra: "Sec-Fetch-Site: cross-site\r\n").status
            #expect(page == 200)
        }
    }

    @Test
    func `A second host is refused`() async throws {
        try await Self.run(1) { gateway in
            let second = try await gateway.ask("/metrics", extra: "Host: y\r\n").status
            #expect(second == 400)
        }
    }

    @Test
    func `What takes longer than it may is cancelled`() async throws {
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(1)) { try await Task.sleep(for: .seconds(3_600)) }
        }
        #expect(try await withDeadline(.seconds(3_600)) { 7 } == 7)
    }
}
