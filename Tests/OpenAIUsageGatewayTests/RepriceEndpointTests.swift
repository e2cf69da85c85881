import Dispatch
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Calls are priced anew through the gateway that holds their ledger.
struct RepriceEndpointTests {
    private static let upstream = "http://127.0.0.1:1"
    /// The Monday 2026-11-23T12:00:00Z.
    private static let noon: Int64 = 1_795_435_200_000_000
    private static let range = #""from":"2026-11-23T00:00:00Z","to":"2026-11-24T00:00:00Z""#

    private static func book() throws -> PriceBook {
        PriceBook.bundled.layered(
            with: try PriceBook(
                json: """
                    {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", "models": [
                    {"id": "house-model", "ids": ["house-model"], "kind": "text", "periods": [
                    {"from": null, "to": null, "per_1m": {"default": {"input": "2", "output": "8"}}}]}]}
                    """
            )
        )
    }

    private static func record(_ number: Int, model: String = "house-model", project: String = "a") -> CallRecord {
        let startedAt = noon + Int64(number) * 1_000
        var record = CallRecord(
            id: CallID(rawValue: startedAt << 11 | Int64(number & 0x7ff)),
            startedAt: startedAt,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/responses"
        )
        record.outcome = .completed
        record.status = 200
        record.project = project
        record.model = model
        record.usageState = .reported
        record.usage[.inputTokens] = 1_000
        record.usage[.outputTokens] = 100
        record.cost = PriceBook.bundled.cost(of: record)
        return record
    }

    private static func ask(
        _ gateway: RunningGateway,
        _ body: String,
        type: String = "application/json",
        extra: String = ""
    ) async throws -> RawMessage {
        let client = try await gateway.operatorClient()
        let response = try await client.exchange(RawClient.post(Gateway.repricePath, body, type: type, extra: extra))
        await client.connection.close()
        return response
    }

    private static func costs(_ gateway: RunningGateway) throws -> [CallCost] {
        try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery()).map(\.cost)
    }

    @Test
    func `Calls get the prices of the gateway's own book`() async throws {
        let book = try Self.book()
        try await RunningGateway.run(upstream: Self.upstream, book: book) { gateway in
            for number in 0..<600 { gateway.ledger.record(Self.record(number, project: number < 300 ? "a" : "b")) }
            await gateway.ledger.flush()
            #expect(try Self.costs(gateway).allSatisfy { $0.status == .unpriced && $0.reason == "unknown_model" })

            let told = try await Self.ask(gateway, "{\(Self.range),\"dry_run\":true}")
            #expect(told.status == 200)
            #expect(told["content-type"] == ["application/json"])
            #expect(try Self.costs(gateway).allSatisfy { $0.status == .unpriced })

            let part = try await Self.ask(gateway, "{\(Self.range),\"projects\":[\"b\"]}")
            #expect(part.text.contains(#""totals":{"calls":300,"changed_calls":300"#))
            #expect(try Self.costs(gateway).count { $0.status == .unpriced } == 300)

            let done = try await Self.ask(gateway, "{\(Self.range)}")
            #expect(done.status == 200)
            let root = try JSONDocument(parsing: done.text).root.value
            #expect(root["price_version"]?.string == book.version)
            #expect(root["totals"]?["calls"]?.number == "600")
            #expect(root["totals"]?["changed_calls"]?.number == "300")
            // 1000 at 2 and 100 at 8 are 0.0028 a call.
            #expect(root["totals"]?["old_cost_usd"]?.number == "0.84")
            #expect(root["totals"]?["new_cost_usd"]?.number == "1.68")
            #expect(root["totals"]?["old_unpriced_calls"]?.number == "300")
            #expect(
                try Self.costs(gateway).allSatisfy {
                    $0 == CallCost(picoUSD: 2_800_000_000, status: .exact, priceVersion: book.version)
                }
            )
            let again = try await Self.ask(gateway, "{\(Self.range)}")
            #expect(again.text.contains(#""totals":{"calls":600,"changed_calls":0,"written_calls":0"#))
            #expect(gateway.ledger.statistics.errors == 0)
        }
    }

    @Test(arguments: [
        ("", "is not JSON"), ("[]", "must be a time"), ("{}", "\\\"from\\\" must be a time"),
        (#"{"from":"2026-11-23","to":"2026-11-24T00:00:00Z"}"#, "must be a time"),
        (#"{"from":"2026-11-24T00:00:00Z","to":"2026-11-24T00:00:00Z"}"#, "must be before"),
        (#"{"from":"2026-11-31T00:00:00Z","to":"2026-12-24T00:00:00Z"}"#, "must be a time"),
        (#"{"from":"2026-11-23T24:00:00Z","to":"2026-12-24T00:00:00Z"}"#, "must be a time"),
        (#"{"from":"2026-11-23T00:00:00+01:00","to":"2026-12-24T00:00:00Z"}"#, "must be a time"),
        ("{\(range),\"since\":\"7d\"}", "\\\"since\\\" is not known"),
        ("{\(range),\"projects\":\"a\"}", "list of texts"),
        ("{\(range),\"models\":[1]}", "list of texts"), ("{\(range),\"dry_run\":\"yes\"}", "true or false"),
    ])
    func `What is not understood is refused, with the reason`(body: String, reason: String) async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            let response = try await Self.ask(gateway, body)
            #expect(response.status == 400)
            #expect(response.text.hasPrefix(#"{"error":{"message":"#))
            #expect(response.text.contains(reason), "\(response.text)")
        }
    }

    @Test(arguments: [
        ("GET", "", 405), ("HEAD", "", 405), ("PUT", "Content-Length: 0\r\n", 405), ("DELETE", "", 405),
        ("POST", "Content-Length: 0\r\n", 415), ("POST", "Content-Type: text/plain\r\nContent-Length: 0\r\n", 415),
        ("POST", "Content-Type: application/json\r\nOrigin: http://example.com\r\nContent-Length: 0\r\n", 403),
        ("POST", "Content-Type: application/json\r\nOrigin: null\r\nContent-Length: 0\r\n", 403),
    ])
    func `Pages of other sites and other methods are refused`(method: String, fields: String, status: Int) async throws
    {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            let client = try await gateway.operatorClient()
            let request = "\(method) \(Gateway.repricePath) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
            let response = try await client.exchange(request, method: method)
            #expect(response.status == status)
            if status == 405 { #expect(response["allow"] == ["POST"]) }
            await client.connection.close()
        }
    }

    @Test
    func `A body that is too long is refused`() async throws {
        try await RunningGateway.run(upstream: Self.upstream) { gateway in
            let response = try await Self.ask(gateway, "{" + String(repeating: " ", count: 70_000) + "}")
            #expect(response.status == 413)
        }
    }

    @Test
    func `A second request is refused while the first one runs`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let entered = Watched(0)
        var options = LedgerOptions()
        options.hooks.beforeBatch = {
            entered.update { $0 += 1 }
            // The ledger's own thread is held up on purpose.
            gate.wait()
        }
        try await RunningGateway.run(upstream: Self.upstream, options: options, book: try Self.book()) { gateway in
            // However often the writer comes by from now on.
            defer { for _ in 0..<100 { gate.signal() } }
            gateway.ledger.record(Self.record(0))
            try await entered.wait(for: "the writer") { $0 == 1 }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<2 {
                    tasks.addTask { try await Self.ask(gateway, "{\(Self.range)}").status }
                }
                // One of the two waits for what is queued, and the other is answered meanwhile.
                let refused = try await tasks.next()
                gate.signal()
                return [refused, try await tasks.next()]
            }
            #expect(statuses == [409, 200])
            #expect(try Self.costs(gateway).first?.status == .exact)
            #expect(try await Self.ask(gateway, "{\(Self.range)}").status == 200)
        }
    }
}
