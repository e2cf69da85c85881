import HTTPTypes
import NIOCore
import NIOSSL
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

/// Every way a call can end is one error for its caller and one record for its meter, whatever client makes it.
struct TransportEndTests {
    // MARK: - By the caller

    @Test(arguments: Client.allCases)
    func `A body that is read to its end is completed`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let (response, _) = try await harness.begin(Answer.stream)
            let text = String(decoding: try await response.body.collect(upTo: 10_000), as: UTF8.self)
            #expect(text.hasPrefix("data: {\"id\"") && text.hasSuffix("[DONE]\n\n"))
            let record = try await harness.record()
            #expect(record.outcome == .completed && record.usage.totalTokens == 7 && record.requestID == "req_1")
            #expect(record.requestModel == "gpt-4o" && record.host == "127.0.0.1")
        }
    }

    @Test(arguments: Client.allCases)
    func `A stream whose reader stops at the marker of its end is completed`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let open = Answer.streamHead + Answer.event(1) + Answer.usage + Answer.done
            let (response, connection) = try await harness.begin(open)
            var text = ""
            for try await piece in response.body {
                text += String(decoding: piece, as: UTF8.self)
                if text.contains("[DONE]") { break }
            }
            let record = try await harness.record()
            #expect(record.outcome == .completed && record.usage.totalTokens == 7)
            try await connection.ended()
        }
    }

    @Test(arguments: Client.allCases)
    func `A stream whose reader stops is abandoned while the response is still there`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let (response, connection) = try await harness.begin(Answer.streamHead + Answer.event(1))
            for try await _ in response.body { break }
            #expect(try await harness.record().outcome == .abandoned)
            try await connection.ended()
            #expect(response.head.status == .ok)
        }
    }

    @Test(arguments: Client.allCases)
    func `A response that is never read is abandoned when it goes away`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let connection: RawConnection
            do {
                let (response, held) = try await harness.begin(Answer.streamHead + Answer.event(1))
                #expect(response.head.status == .ok && harness.sink.records.isEmpty)
                connection = held
            }
            #expect(try await harness.record().outcome == .abandoned)
            try await connection.ended()
        }
    }

    @Test(arguments: Client.allCases)
    func `A call that is cancelled before it begins sends nothing`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure { _ = try await harness.metered.send(harness.request()) }
            }
            #expect(await task.value == .cancelled)
            let record = try await harness.record()
            #expect(record.outcome == .abandoned)
            #expect(harness.server.acceptedCount == 0)
        }
    }

    @Test(arguments: Client.allCases)
    func `A call that is cancelled before the head ends at once`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let task = Task { await failure { _ = try await harness.metered.send(harness.request()) } }
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            task.cancel()
            #expect(await task.value == .cancelled)
            #expect(try await harness.record().outcome == .abandoned)
            try await connection.ended()
        }
    }

    @Test(arguments: Client.allCases)
    func `A call that is cancelled while its body is read ends at once`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let (response, connection) = try await harness.begin(Answer.streamHead + Answer.event(1))
            let hasRead = Watched(false)
            let task = Task {
                await failure { for try await _ in response.body { hasRead.update { $0 = true } } }
            }
            try await hasRead.wait(for: "the first piece") { $0 }
            task.cancel()
            #expect(await task.value == .cancelled)
            #expect(try await harness.record().outcome == .abandoned)
            try await connection.ended()
        }
    }

    @Test(arguments: Client.allCases)
    func `A call that is cancelled after its end has ended as it has`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let (response, _) = try await harness.begin(Answer.stream)
            let task = Task {
                let code = await failure { for try await _ in response.body {} }
                withUnsafeCurrentTask { $0?.cancel() }
                return code
            }
            #expect(await task.value == nil)
            let record = try await harness.record()
            #expect(record.outcome == .completed && record.usage.totalTokens == 7)
        }
    }

    @Test(arguments: Client.allCases, [0, 10, 1_000])
    func `A call that is cancelled while it connects ends at once`(client: Client, yields: Int) async throws {
        let deaf = try DeafSocket(.ignores)
        try await AdapterHarness.run(client) { harness in
            let task = Task {
                await failure { _ = try await harness.metered.send(.local(deaf.port, body: Body("{}"))) }
            }
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
            #expect(await task.value == .cancelled)
            let record = try await harness.record()
            #expect(record.outcome == .abandoned)
            // AsyncHTTPClient is not shut down before the attempt is refused.
            deaf.close()
        }
    }

    // MARK: - By the clock

    @Test(arguments: Client.allCases)
    func `A connection that is not made in time runs into the limit`(client: Client) async throws {
        let deaf = try DeafSocket(.ignores)
        try await AdapterHarness.run(client, waiting: 1) { harness in
            let request = Request.local(deaf.port, body: Body("{}"))
            #expect(await failure { _ = try await harness.metered.send(request) } == .timeout)
            let record = try await harness.record()
            #expect(record.outcome == .timeout)
        }
        deaf.close()
    }

    @Test(arguments: Client.allCases)
    func `A server that does not answer runs into the limit`(client: Client) async throws {
        try await AdapterHarness.run(client, waiting: 1) { harness in
            let code = await failure { _ = try await harness.metered.send(harness.request()) }
            #expect(code == .timeout)
            let record = try await harness.record()
            #expect(record.outcome == .timeout)
        }
    }

    @Test(arguments: Client.allCases)
    func `A stream that stands still runs into the limit`(client: Client) async throws {
        try await AdapterHarness.run(client, waiting: 1) { harness in
            let (response, _) = try await harness.begin(Answer.streamHead + Answer.event(1))
            #expect(await failure { for try await _ in response.body {} } == .timeout)
            #expect(try await harness.record().outcome == .timeout)
        }
    }

    // MARK: - By the network

    @Test(arguments: Client.allCases)
    func `A server that is not there is unreachable`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let deaf = try DeafSocket(.refuses)
            let request = Request.local(deaf.port, body: Body("{}"))
            #expect(await failure { _ = try await harness.metered.send(request) } == .unreachable)
            let record = try await harness.record()
            #expect(record.outcome == .unreachable && record.usageState == .notApplicable)
            deaf.close()
        }
    }

    @Test(arguments: Client.allCases)
    func `A host without an address is unreachable`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let request = Request.local(1, body: Body("{}"), host: "nowhere.invalid")
            #expect(await failure { _ = try await harness.metered.send(request) } == .unreachable)
            let record = try await harness.record()
            #expect(record.outcome == .unreachable && record.usageState == .notApplicable)
        }
    }

    enum Breach: CaseIterable, Sendable {
        case closedBeforeHead, resetBeforeHead, closedInHead
        case resetInBody, closedInChunk, closedBetweenChunks, closedInLength
    }

    /// On Linux URLSession of Swift 6.3 ends the process when a connection closes inside a head.
    static let breaches = Client.allCases.flatMap { client in Breach.allCases.map { (client, $0) } }.filter {
        #if canImport(FoundationNetworking)
        $0 != (.urlSession, .closedInHead)
        #else
        true
        #endif
    }

    @Test(arguments: breaches)
    func `A connection that breaks off is lost, and what had come can be read`(
        client: Client,
        breach: Breach
    ) async throws {
        try await AdapterHarness.run(client) { harness in
            async let sent = harness.metered.send(harness.request())
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            switch breach {
            case .closedBeforeHead: await connection.close()
            case .resetBeforeHead: await connection.reset()
            case .closedInHead:
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Ty")
                await connection.close()
            case .resetInBody, .closedInChunk, .closedBetweenChunks, .closedInLength:
                let head =
                    breach == .closedInLength ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" : Answer.streamHead
                try await connection.send(head + (breach == .closedInLength ? "some" : "4\r\nsome\r\n"))
                let response = try await sent
                var iterator = response.body.makeAsyncIterator()
                #expect(try await iterator.next() == Array("some".utf8)[...])
                if breach == .closedInChunk { try await connection.send("9\r\nha") }
                if breach == .resetInBody { await connection.reset() } else { await connection.close() }
                #expect(await failure { while try await iterator.next() != nil {} } == .connectionLost)
                #expect(try await harness.record().outcome == .cut)
                return
            }
            do {
                _ = try await sent
                Issue.record("There was no response.")
            } catch {
                let code = try #require(error as? TransportError).code
                #expect(code == .connectionLost || breach == .closedInHead && code == .failed)
            }
            // The server had the request, and may have carried it out.
            let record = try await harness.record()
            #expect(record.outcome == .unreachable && record.usageState == .missing)
        }
    }

    @Test(.enabled(if: Certificates.isAvailable), arguments: Client.allCases, ["good", "expired"])
    func `A server whose certificate nobody vouches for is unreachable`(client: Client, name: String) async throws {
        let certificates = try Certificates.shared.get()
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("\(name).pem")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("\(name).key"), format: .pem))
        )
        let context = try NIOSSLContext(configuration: configuration)
        let server = try await ScriptedUpstream.start(front: { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        })
        try await AdapterHarness.run(client, server: server) { harness in
            let request = Request.local(server.port, body: Body("{}"), scheme: "https", host: "localhost")
            let code = await failure { _ = try await harness.metered.send(request) }
            // On Linux URLSession tells this failure apart from others by its text alone.
            #expect(code == .unreachable || client == .urlSession && code == .failed)
            let record = try await harness.record()
            #expect(record.outcome == .unreachable)
            #expect(record.usageState == (code == .unreachable ? .notApplicable : .missing))
        }
    }

    // MARK: - By the server

    @Test(arguments: Client.allCases)
    func `An error of the API is one, and its body can be read`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let body = #"{"error":{"message":"no","type":"invalid_request_error","code":"invalid_api_key"}}"#
            let answer = Answer.json(body, status: "401 Unauthorized", "WWW-Authenticate: Bearer realm=\"x\"\r\n")
            let (response, _) = try await harness.begin(answer)
            #expect(response.head.status == .unauthorized)
            #expect(try await response.body.collect(upTo: 1_000) == Array(body.utf8))
            let record = try await harness.record()
            #expect(record.outcome == .error && record.errorCode == "invalid_api_key" && record.status == 401)
        }
    }

    @Test(arguments: Client.allCases, [204, 304])
    func `A response without a body is completed`(client: Client, status: Int) async throws {
        try await AdapterHarness.run(client) { harness in
            let request = harness.request(.get, "/v1/models", [], body: nil)
            let (response, _) = try await harness.begin("HTTP/1.1 \(status) Nothing\r\n\r\n", request)
            #expect(response.head.status.code == status && response.body.length == 0)
            #expect(try await response.body.collect(upTo: 0) == [])
            #expect(try await harness.record().outcome == .completed)
        }
    }

    @Test(arguments: Client.allCases)
    func `A redirect is a response`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let answer = Answer.json("{}", status: "307 Temporary Redirect", "Location: /elsewhere\r\n")
            let (response, _) = try await harness.begin(answer)
            #expect(response.head.status.code == 307 && response.head.headerFields[.location] == "/elsewhere")
            #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
            _ = try await harness.record()
            #expect(harness.server.acceptedCount == 1)
        }
    }

    @Test(arguments: Client.allCases)
    func `A redirect without an address is a response, of which URLSession on Linux shows no body`(
        client: Client
    ) async throws {
        try await AdapterHarness.run(client) { harness in
            let (response, _) = try await harness.begin(Answer.json("{}", status: "307 Temporary Redirect"))
            #expect(response.head.status.code == 307)
            let body = try await response.body.collect(upTo: 2)
            #if canImport(FoundationNetworking)
            #expect(body == (client == .urlSession ? [] : Array("{}".utf8)))
            #else
            #expect(body == Array("{}".utf8))
            #endif
            _ = try await harness.record()
        }
    }
}
