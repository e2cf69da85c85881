import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Requests that two readers could read differently: refused, or passed on in one single reading.
struct SmugglingTests {
    struct Probe: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        var testDescription: String { name }
    }

    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"

    private static func post(_ fields: String, _ body: String) -> String {
        "POST /v1/x HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\(body)"
    }

    static let refused = [
        Probe(
            name: "length and chunked",
            request: post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden)
        ),
        Probe(
            name: "chunked and length",
            request: post(
                "Transfer-Encoding: chunked\r\nContent-Length: \(hidden.utf8.count + 5)\r\n",
                "0\r\n\r\n" + hidden
            )
        ),
        Probe(
            name: "two lengths",
            request: post("Content-Length: 0\r\nContent-Length: \(hidden.utf8.count)\r\n", hidden)
        ),
        Probe(name: "two equal lengths", request: post("Content-Length: 4\r\nContent-Length: 4\r\n", "body")),
        Probe(name: "a list of lengths", request: post("Content-Length: 0, \(hidden.utf8.count)\r\n", hidden)),
        Probe(name: "a signed length", request: post("Content-Length: +4\r\n", "body")),
        Probe(name: "a negative length", request: post("Content-Length: -1\r\n", "body")),
        Probe(name: "a length in hexadecimal", request: post("Content-Length: 0x4\r\n", "body")),
        Probe(name: "a length beyond 64 bits", request: post("Content-Length: 18446744073709551620\r\n", "body")),
        Probe(name: "an empty length", request: post("Content-Length: \r\n", "body")),
        Probe(name: "a length with blanks", request: post("Content-Length: 4 4\r\n", "body")),
        Probe(name: "a blank before the colon", request: post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + hidden)),
        Probe(name: "a tab before the colon", request: post("Content-Length\t: \(hidden.utf8.count)\r\n", hidden)),
        Probe(name: "a name with a blank", request: post("X Y: 1\r\n", hidden)),
        Probe(name: "an empty name", request: post(": 1\r\n", "")),
        Probe(name: "a line without a colon", request: post("X-Y\r\n", "")),
        Probe(name: "a folded line", request: post("X-Y: 1\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        Probe(name: "a leading blank in the header", request: "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        Probe(name: "bare line feeds", request: "POST /v1/x HTTP/1.1\nHost: x\nContent-Length: 4\n\nbody"),
        Probe(name: "a bare line feed within", request: "GET / HTTP/1.1\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n"),
        Probe(name: "a bare carriage return within", request: "GET / HTTP/1.1\r\nX: a\rY: b\r\n\r\n"),
        Probe(name: "a NUL in a value", request: "GET / HTTP/1.1\r\nX: a\u{0}b\r\n\r\n"),
        Probe(name: "an unknown coding", request: post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + hidden)),
        Probe(
            name: "identity as coding",
            request: post("Transfer-Encoding: identity\r\nContent-Length: 0\r\n", hidden)
        ),
        Probe(name: "chunked twice", request: post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" + hidden)),
        Probe(
            name: "a chunk size that is not a number",
            request: post("Transfer-Encoding: chunked\r\n", "zz\r\nbody\r\n0\r\n\r\n")
        ),
        Probe(
            name: "a negative chunk size",
            request: post("Transfer-Encoding: chunked\r\n", "-1\r\nbody\r\n0\r\n\r\n")
        ),
        Probe(
            name: "a chunk size beyond 64 bits",
            request: post("Transfer-Encoding: chunked\r\n", "10000000000000004\r\nbody\r\n0\r\n\r\n" + hidden)
        ),
        Probe(
            name: "a chunk size with 0x",
            request: post("Transfer-Encoding: chunked\r\n", "0x4\r\nbody\r\n0\r\n\r\n")
        ),
        Probe(
            name: "a chunk longer than its size",
            request: post("Transfer-Encoding: chunked\r\n", "2\r\nbody\r\n0\r\n\r\n")
        ),
        Probe(
            name: "a chunk size ended by a line feed",
            request: post("Transfer-Encoding: chunked\r\n", "4\nbody\r\n0\r\n\r\n")
        ),
        Probe(name: "two empty lines before a request", request: "\r\n\r\n" + post("Content-Length: 4\r\n", "body")),
        Probe(name: "version 0.9", request: "GET /\r\n\r\n"),
        Probe(
            name: "a framing field in the trailers",
            request: post(
                "Transfer-Encoding: chunked\r\n",
                "4\r\nbody\r\n0\r\nContent-Length: 99\r\nTransfer-Encoding: identity\r\n\r\n"
            )
        ),
        Probe(name: "version 2.0", request: "GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
        Probe(name: "version 1.2", request: "GET / HTTP/1.2\r\nHost: x\r\n\r\n"),
        Probe(name: "another protocol", request: "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n"),
        Probe(name: "a blank in the target", request: "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"),
        Probe(
            name: "a header of a megabyte",
            request: "GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 1 << 20))\r\n\r\n"
        ),
        Probe(
            name: "ten thousand fields",
            request: "GET / HTTP/1.1\r\n" + String(repeating: "X-Field: value\r\n", count: 10_000) + "\r\n"
        ),
    ]

    @Test(arguments: refused)
    func ambiguousRequestsAreRefused(_ probe: Probe) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            // The gateway may stop reading in the midst of it, which is as good a refusal.
            try? await client.send(probe.request)
            let received = try await client.connection.ended()
            let text = String(decoding: received.bytes, as: UTF8.self)
            let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            #expect(text.isEmpty || [400, 414, 431, 501, 505].contains(status), "\(text)")
            #expect(received.bytes.range(of: Array("}HTTP/1.1".utf8)) == nil, "more than one answer")
            // A connection that was made before the request turned out to be malformed is kept for others.
            _ = await harness.plane.shutDown(within: .seconds(10))
            for connection in harness.upstream.connections {
                let forwarded = String(decoding: try await connection.ended().bytes, as: UTF8.self)
                #expect(!forwarded.contains("hidden"))
                // A request whose body turns out to be malformed may have begun; it must not come to an end.
                #expect((try? RawMessage.parse(Array(forwarded.utf8), .request, isEnded: true)) == nil)
            }
        }
    }

    struct Reading: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        /// The bodies of the requests that the upstream gets, in order.
        let bodies: [String]
        var testDescription: String { name }
    }

    static let readings = [
        Reading(
            name: "the length is named by Connection",
            request:
                "GET /v1/x HTTP/1.1\r\nHost: x\r\nConnection: content-length\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n"
                + hidden,
            bodies: [hidden]
        ),
        Reading(
            name: "the coding is named by Connection",
            request: post("Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
            bodies: ["body"]
        ),
        Reading(
            name: "GET with a length",
            request: "GET /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n" + hidden,
            bodies: [hidden]
        ),
        Reading(
            name: "chunk extensions",
            request: post("Transfer-Encoding: chunked\r\n", "4;name=\"value\"\r\nbody\r\n0;last\r\n\r\n"),
            bodies: ["body"]
        ),
        Reading(
            name: "chunk sizes with zeros and in both cases",
            request: post("Transfer-Encoding: CHUNKED\r\n", "00004\r\nbody\r\nA\r\n0123456789\r\n000\r\n\r\n"),
            bodies: ["body0123456789"]
        ),
        Reading(
            name: "a body that looks like the end of chunks",
            request: post("Content-Length: 5\r\n", "0\r\n\r\n") + hidden,
            bodies: ["0\r\n\r\n", ""]
        ),
        Reading(
            name: "an empty line before a request",
            request: "\r\n" + post("Content-Length: 4\r\n", "body"),
            bodies: ["body"]
        ),
    ]

    @Test(arguments: readings)
    func whatIsForwardedHasOneReading(_ reading: Reading) async throws {
        let seen = Watched<[RawMessage]>([])
        let upstream = try await ScriptedUpstream.start(script: { connection in
            while true {
                let message = try await connection.message(.request)
                seen.update { $0.append(message) }
                try await connection.send(DataPlaneTests.ok)
            }
        })
        try await Harness.run(upstream: upstream) { harness in
            let client = try await harness.client()
            try await client.send(reading.request)
            for _ in reading.bodies {
                #expect(try await client.response().status == 200)
            }
            // A call more, so that what the upstream would take for another request had come by then.
            let other = try await harness.client()
            #expect(try await other.exchange(RawClient.get("/last"), method: "GET").status == 200)
            #expect(seen.value.map(\.text) == reading.bodies + [""])
            #expect(seen.value.last?.target == "/last")
            #expect(client.connection.unread.bytes.isEmpty)
            _ = try await harness.recorder.records(reading.bodies.count + 1)
        }
    }

    /// What stands behind a good request is refused, but the good one is answered first.
    @Test func garbageBehindARequestDoesNotTakeItsResponseAway() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get("/good") + "garbage\r\n\r\n")
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await client.response(to: "GET").text == "{}")
            #expect(try await client.response(to: "GET").status == 400)
            _ = try await client.connection.ended()
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    /// A body that turns out to be malformed while the response begins.
    @Test func aMalformedBodyAndAResponseAtTheSameTime() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(Self.post("Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n"))
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "body\r\n")
            try await harness.standingStill {
                try await client.send("garbage\r\n")
                try await upstream.send(DataPlaneTests.ok)
            }
            let received = try await client.connection.ended()
            let text = String(decoding: received.bytes, as: UTF8.self)
            let outcome = try await harness.recorder.record().outcome
            // Which of the two the loop sees first is the system's choice.
            if text.hasPrefix("HTTP/1.1 200 ") {
                #expect(outcome == .completed)
            } else {
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400 "), "\(text)")
                #expect(outcome == .error)
            }
        }
    }

    // MARK: - The other direction

    static let malformedResponses = [
        Probe(name: "no HTTP", request: "garbage garbage\r\n\r\n"),
        Probe(name: "another version", request: "HTTP/2.0 200 OK\r\n\r\n"),
        Probe(name: "no status", request: "HTTP/1.1 OK\r\n\r\n"),
        Probe(
            name: "length and chunked",
            request: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Probe(name: "two lengths", request: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        Probe(name: "a folded line", request: "HTTP/1.1 200 OK\r\nX: 1\r\n Y: 2\r\n\r\n"),
        Probe(name: "a blank before the colon", request: "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nab"),
        Probe(name: "a NUL", request: "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n"),
        Probe(name: "a bare carriage return", request: "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n"),
        Probe(
            name: "a header of a megabyte",
            request: "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 1 << 20))\r\n\r\n"
        ),
    ]

    @Test(arguments: malformedResponses)
    func malformedResponsesAreNotPassedOn(_ probe: Probe) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try? await upstream.send(probe.request)
            let response = try await client.response(to: "GET")
            #expect(response.status == 502)
            #expect(response.text.contains("upstream_malformed_response"))
            let record = try await harness.recorder.record()
            #expect(record.outcome == .unreachable)
            #expect(record.errorCode == "upstream_malformed_response")
            try await upstream.ended()
        }
    }
}
