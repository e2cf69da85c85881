import HTTPTypes
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import Testing

/// What goes over the wire, and what comes back.
struct CallTests {
    @Test
    func `A call sends what it was given and nothing else`() async throws {
        try await CurlHarness.run { harness in
            let request = harness.request(
                .post,
                "/v1/chat/completions?a=b/../c",
                [("authorization", "Bearer sk-1"), ("x-empty", ""), ("X-Twice", "1"), ("X-Twice", "2")],
                body: Body(#"{"model":"gpt-4o"}"#)
            )
            async let response = harness.transport.send(request)
            let connection = try await harness.server.accept()
            let message = try await connection.message(.request)
            #expect(message.startLine == "POST /v1/chat/completions?a=b/../c HTTP/1.1")
            #expect(message.text == #"{"model":"gpt-4o"}"#)
            #expect(
                message.fields.map { "\($0.name): \($0.value)" } == [
                    "Host: 127.0.0.1:\(harness.server.port)", "authorization: Bearer sk-1", "x-empty: ", "X-Twice: 1",
                    "X-Twice: 2", "Content-Length: 18",
                ]
            )
            try await connection.send(
                "HTTP/1.1 201 Made it\r\nContent-Type: text/plain\r\nX-Two: a\r\nx-two:  b \r\nEmpty:\r\n"
                    + "Content-Length: 5\r\n\r\nhello"
            )
            let received = try await response
            #expect(received.head.status.code == 201 && received.head.status.reasonPhrase == "Made it")
            #expect(
                received.head.headerFields.map { "\($0.name.rawName):\($0.value)" } == [
                    "Content-Type:text/plain", "X-Two:a", "x-two:b", "Empty:", "Content-Length:5",
                ]
            )
            #expect(received.body.length == 5)
            #expect(try await received.body.collect(upTo: 100) == Array("hello".utf8))
        }
    }

    @Test
    func `A GET has no body and no length`() async throws {
        try await CurlHarness.run { harness in
            async let response = harness.transport.send(harness.request(.get, "/v1/models"))
            let connection = try await harness.server.accept()
            let message = try await connection.message(.request)
            #expect(message.startLine == "GET /v1/models HTTP/1.1")
            #expect(message.fields.map(\.name) == ["Host"])
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            #expect(try await response.body.collect(upTo: 100) == Array("{}".utf8))
        }
    }

    @Test
    func `A stream comes piece by piece, each as soon as it is there`() async throws {
        try await CurlHarness.run { harness in
            async let response = harness.transport.send(harness.request(body: Body("{}")))
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let received = try await response
            #expect(received.body.length == nil)
            var iterator = received.body.makeAsyncIterator()
            for number in 1...50 {
                let text = "data: \(number)\n\n"
                try await connection.send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
                let piece = try #require(try await iterator.next())
                #expect(String(decoding: piece, as: UTF8.self) == text)
            }
            try await connection.send("0\r\nTrailer: x\r\n\r\n")
            #expect(try await iterator.next() == nil)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test
    func `A response without a length ends with its connection`() async throws {
        try await CurlHarness.run { harness in
            async let response = harness.transport.send(harness.request(.get))
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\n\r\nall of it")
            await connection.close()
            #expect(try await response.body.collect(upTo: 100) == Array("all of it".utf8))
        }
    }

    @Test(arguments: [("HEAD", 200), ("GET", 204), ("GET", 304), ("POST", 204)])
    func `A response that has no body by its kind ends at its head`(method: String, status: Int) async throws {
        try await CurlHarness.run { harness in
            let method = try #require(HTTPRequest.Method(method))
            for number in 1...2 {
                async let response = harness.transport.send(harness.request(method))
                let connection = number == 1 ? try await harness.server.accept() : harness.server.connections[0]
                _ = try await connection.message(.request)
                let length = status == 204 ? "" : "Content-Length: 1000\r\n"
                try await connection.send("HTTP/1.1 \(status) X\r\n\(length)\r\n")
                let received = try await response
                #expect(received.head.status.code == status && received.body.length == 0)
                #expect(try await received.body.collect(upTo: 0) == [])
            }
            #expect(harness.server.acceptedCount == 1)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `A redirect is not followed`(status: Int) async throws {
        try await CurlHarness.run { harness in
            async let response = harness.transport.send(harness.request(body: Body("{}")))
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 \(status) X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
            let received = try await response
            #expect(received.head.status.code == status && received.head.headerFields[.location] == "/elsewhere")
            #expect(try await received.body.collect(upTo: 0) == [])
            // The next request on the connection is the next call's.
            async let next = harness.transport.send(harness.request(.get, "/next"))
            #expect(try await connection.message(.request).target == "/next")
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await next.head.status == .ok)
        }
    }

    @Test
    func `Interim responses are passed over, and one that is asked for is waited for`() async throws {
        try await CurlHarness.run { harness in
            let request = harness.request(.post, "/", [("Expect", "100-continue")], body: Body(PulledBody(length: 9)))
            async let response = harness.transport.send(request)
            let connection = try await harness.server.accept()
            let head = try await connection.take(through: "\r\n\r\n")
            #expect(head.contains("Expect: 100-continue\r\n"))
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            #expect(try await connection.take(14) == Array("9\r\n".utf8) + Pattern.bytes(9) + Array("\r\n".utf8))
            try await connection.take(through: "0\r\n\r\n")
            try await connection.send("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 1\r\n\r\n1")
            let received = try await response
            #expect(received.head.status == .ok && received.head.headerFields.count == 2)
            #expect(try await received.body.collect(upTo: 1) == [0x31])
        }
    }

    @Test
    func `A server's coding is handed on as it is`() async throws {
        try await CurlHarness.run { harness in
            let request = harness.request(.get, "/", [("Accept-Encoding", "gzip, br")])
            async let response = harness.transport.send(request)
            let connection = try await harness.server.accept()
            #expect(try await connection.message(.request)["accept-encoding"] == ["gzip, br"])
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw")
            #expect(try await response.body.collect(upTo: 3) == Array("raw".utf8))
        }
    }

    @Test
    func `Fields of the connection are left out, and those that it names`() async throws {
        try await CurlHarness.run { harness in
            let request = harness.request(
                .post,
                "/",
                [("Connection", "x-private, keep-alive"), ("X-Private", "1"), ("TE", "trailers"), ("Accept", "*/*")],
                body: Body("1")
            )
            async let response = harness.transport.send(request)
            let connection = try await harness.server.accept()
            let message = try await connection.message(.request)
            #expect(message.fields.map(\.name) == ["Host", "Accept", "Content-Length"])
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await response.head.status == .ok)
        }
    }

    static let refused: [(String, Request)] = [
        ("scheme", .local(1, scheme: "ftp")), ("path", .local(1, .get, "/a b")),
        ("path", .local(1, .get, "models")), ("fragment", .local(1, .get, "/a#b")),
        ("key in the address", .local(1, host: "user:secret@127.0.0.1")),
        ("body of HEAD", .local(1, .head, body: Body("1"))), ("tunnel", .local(1, .connect)),
        ("length", .local(1, .post, "/", [("Content-Length", "3")], body: Body("12"))),
        ("length", .local(1, .post, "/", [("Content-Length", "2"), ("Content-Length", "3")], body: Body("12"))),
    ]

    @Test(arguments: refused.indices)
    func `A request that cannot be sent as it is is refused`(index: Int) async throws {
        let transport = CurlTransport()
        let (what, request) = Self.refused[index]
        let code = await failure { _ = try await transport.send(request) }
        #expect(code == .invalidRequest, "\(what)")
        #expect(ProcessReading.drivingThreads.isEmpty)
    }
}
