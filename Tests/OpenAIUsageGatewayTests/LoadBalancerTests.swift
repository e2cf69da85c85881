import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Probes on the port of the calls: answered there, and no rows.
struct LoadBalancerTests {
    @Test(arguments: ["/", "/healthz", "/healthz?x=1"], ["GET", "HEAD"])
    func aProbeIsAnsweredHere(_ path: String, _ method: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            for _ in 0..<2 {
                let response = try await client.exchange(
                    "\(method) \(path) HTTP/1.1\r\nHost: x\r\n\r\n",
                    method: method
                )
                #expect(response.status == 200 && response.text == (method == "HEAD" ? "" : "ok\n"))
                #expect(response["content-length"] == ["3"])
            }
            #expect(harness.upstream.acceptedCount == 0 && harness.recorder.current.started == 0)
        }
    }

    @Test func aProbeOfOldMayCarryABodyAndEndsItsConnection() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send("GET /healthz HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc")
            #expect(
                String(decoding: try await client.connection.ended().bytes, as: UTF8.self).hasSuffix("\r\n\r\nok\n")
            )
        }
    }

    @Test func callsBehindAProbeAreCalls() async throws {
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        try await Harness.run(upstream: upstream) { harness in
            let client = try await harness.client()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + RawClient.chat())
            #expect(try await client.response(to: "GET").text == "ok\n")
            #expect(try await client.response().text == "{}")
            #expect(try await harness.recorder.record().path == "/v1/chat/completions")
        }
    }

    @Test(arguments: [("POST", "/"), ("GET", "/healthz/x"), ("GET", "/v1/models"), ("GET", "//")])
    func everythingElseIsACall(_ method: String, _ path: String) async throws {
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        try await Harness.run(upstream: upstream) { harness in
            let request = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
            #expect(try await harness.exchange(request, method: method).text == "{}")
            _ = try await harness.recorder.record()
        }
    }
}
