import HTTPTypes
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// What upstreams were seen to answer is metered as a careful accountant would, however it is cut, and passes unharmed.
struct WireCaseTests {
    private static func record(_ item: WireCase, cuts: [Int]) throws -> CallRecord {
        let sink = RecordingSink()
        func header(_ fields: [(name: String, value: String)]) -> HTTPFields {
            var header = HTTPFields()
            for (name, value) in fields {
                if let name = HTTPField.Name(name) { header.append(HTTPField(name: name, value: value)) }
            }
            return header
        }
        var requestFields = header(item.requestFields)
        if requestFields[.contentType] == nil, !item.requestBody.isEmpty {
            requestFields[.contentType] = "application/json"
        }
        let exchange = Exchange(
            request: HTTPRequest(
                method: HTTPRequest.Method(item.method) ?? .post,
                scheme: "http",
                authority: "127.0.0.1",
                path: item.path,
                headerFields: requestFields
            ),
            tags: [:],
            configuration: ExchangeConfiguration(clock: ManualClock()),
            sink: sink
        )
        exchange.receive(requestBody: Array(item.requestBody.utf8).span.bytes)
        exchange.receive(head: HTTPResponse(status: .init(code: item.status), headerFields: header(item.fields)))
        let body = item.body
        var start = 0
        for cut in cuts + [body.count] where cut > start && cut <= body.count {
            exchange.receive(body: body[start..<cut].span.bytes)
            start = cut
        }
        exchange.finish(.completed)
        var record = try #require(sink.records.first)
        record.cost = PriceBook.bundled.cost(of: record)
        record.id = CallID(rawValue: 0)
        record.operationID = ""
        return record
    }

    @Test(arguments: WireCase.all)
    func `A case is metered as it must be`(item: WireCase) throws {
        try item.check(try Self.record(item, cuts: []))
    }

    @Test(arguments: WireCase.all)
    func `A case cut anywhere gives the same record`(item: WireCase) throws {
        let whole = try Self.record(item, cuts: [])
        let length = item.body.count
        #expect(try Self.record(item, cuts: Array(0..<length)) == whole, "byte by byte")
        for cut in 1..<max(2, length) where try Self.record(item, cuts: [cut]) != whole {
            Issue.record("Cut at \(cut), \(item.name) gives another record.")
            return
        }
    }

    @Test(arguments: WireCase.all)
    func `A case goes through the gateway`(item: WireCase) async throws {
        let upstream = try await ScriptedUpstream.start(script: { connection in
            while true {
                _ = try await connection.message(.request)
                try await connection.send(Self.head(item))
                for piece in item.pieces where !piece.isEmpty {
                    try await connection.send("\(String(piece.count, radix: 16))\r\n")
                    try await connection.send(piece + Array("\r\n".utf8))
                }
                try await connection.send("0\r\n\r\n")
            }
        })
        try await RunningGateway.run(upstream: "http://127.0.0.1:\(upstream.port)") { gateway in
            let client = try await gateway.caller()
            var extra = ""
            for (name, value) in item.requestFields { extra += "\(name): \(value)\r\n" }
            let request =
                item.requestBody.isEmpty
                ? "\(item.method) \(item.path) HTTP/1.1\r\nHost: gateway\r\n\(extra)\r\n"
                : RawClient.post(item.path, item.requestBody, extra: extra)
            let response = try await client.exchange(request, method: item.method)
            await client.connection.close()
            try check(response, item)
            let records = try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery())
            #expect(records.count == item.expectedRows)
            if let record = records.first { try item.check(record) }
        }
        await upstream.stop()
    }

    private static func head(_ item: WireCase) -> String {
        var head = "HTTP/1.1 \(item.status) X\r\nTransfer-Encoding: chunked\r\n"
        for (name, value) in item.fields { head += "\(name): \(value)\r\n" }
        return head + "\r\n"
    }

    private func check(_ response: RawMessage, _ item: WireCase) throws {
        let expected = item.expectedClient
        if expected["verbatim"] as? Bool == true { #expect(response.body == item.body) }
        if let status = expected["status"] as? Int { #expect(response.status == status) }
        for text in expected["has"] as? [String] ?? [] { #expect(response.text.contains(text), "\(text)") }
        for text in expected["lacks"] as? [String] ?? [] { #expect(!response.text.contains(text), "\(text)") }
        for (name, value) in expected["headers"] as? [String: String] ?? [:] { #expect(response[name] == [value]) }
    }
}
