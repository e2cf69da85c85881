import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Bytes that an upstream sends without being asked: they end its connection, and reach nobody.
@Suite(.serialized)
struct LeftoverTests {
    private static let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"

    static let leftovers: [String] = [
        evil, evil + evil, "HTTP/1.1 200 OK\r\n", "HTTP/1.1 2", "H", "\r\n", "\n", "\r", " ", "\0", "0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n", "X-Trailer: a\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + evil, "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nEVIL", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "data: EVIL\n\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{15}\u{3}\u{3}", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        String(repeating: "E", count: 100_000),
    ]

    private static let responses: [(String, String)] = [
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"),
        ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 42\r\n\r\n"),
    ]

    /// When the leftover comes.
    enum Moment: CaseIterable, Sendable {
        /// With the response.
        case atOnce
        /// Once the connection is idle.
        case later
        /// Just before the next request, so that the loop finds both at once.
        case withTheNextRequest
    }

    private static func call(_ method: String, _ path: String) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: gateway\r\n\r\n"
    }

    @Test(arguments: leftovers.indices, Moment.allCases)
    func theyReachNobody(_ index: Int, _ moment: Moment) async throws {
        let leftover = Self.leftovers[index]
        let (method, response) = Self.responses[index % Self.responses.count]
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(Self.call(method, "/first"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(response + (moment == .atOnce ? leftover : ""))
            let first = try await client.response(to: method)
            #expect(first.text == (response.hasSuffix("\r\n\r\n") && !response.contains("{}") ? "" : "{}"))
            _ = try await harness.recorder.records(1)
            let other = try await harness.client()
            switch moment {
            case .atOnce: break
            case .later:
                try await upstream.send(leftover)
                try await upstream.ended()
            case .withTheNextRequest:
                try await harness.standingStill {
                    try await upstream.send(leftover)
                    try await other.send(Self.call("GET", "/second"))
                }
            }
            if moment != .withTheNextRequest { try await other.send(Self.call("GET", "/second")) }
            let next = try await harness.upstream.accept()
            #expect(try await next.message(.request).target == "/second")
            try await next.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond")
            #expect(try await other.response(to: "GET").text == "second")
            try await upstream.ended()
            #expect(upstream.unread.bytes.isEmpty)
            #expect(harness.recorder.current.events.contains(.strayBytes))
            // The first client's connection is as good as before.
            try await client.send(Self.call("GET", "/third"))
            #expect(try await next.message(.request).target == "/third")
            try await next.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthird")
            #expect(try await client.response(to: "GET").text == "third")
        }
    }
}
