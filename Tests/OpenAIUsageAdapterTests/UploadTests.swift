import Foundation
import HTTPTypes
import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageURLSession
import Testing

/// Bodies of requests through URLSession: they stream, nothing is kept in files, and what is sent is what was given.
@Suite(.timeLimit(.minutes(2)))
struct UploadTests {
    /// Runs a test with a transport that waits for a short time for its bodies.
    private func run(
        patience: Duration = .seconds(60),
        server: ScriptedUpstream? = nil,
        _ body: (_ metered: any Transport, ScriptedUpstream, URLSessionTransport, CollectingSink) async throws -> Void
    ) async throws {
        let upstream: ScriptedUpstream
        if let server { upstream = server } else { upstream = try await ScriptedUpstream.start() }
        let transport = URLSessionTransport(uploadTimeout: patience)
        let sink = CollectingSink()
        let metered = transport.intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
        do {
            try await body(metered, upstream, transport, sink)
        } catch {
            transport.shutDown()
            await upstream.stop()
            throw error
        }
        transport.shutDown()
        await upstream.stop()
    }

    private static let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    // MARK: - The wire

    @Test(arguments: [1, 100_000, 700_000], [true, false])
    func `A body has its length or chunks, never both, and no field that nobody gave`(
        length: Int,
        isKnown: Bool
    ) async throws {
        try await run { metered, server, _, _ in
            let body = Body(PulledBody(length: length, inPiecesOf: 999), length: isKnown ? length : nil)
            async let response = metered.send(.local(server.port, body: body))
            let connection = try await server.accept()
            let message = try await connection.message(.request)
            #expect(
                message.body == Pattern.bytes(length) && message["content-type"].isEmpty && message["expect"].isEmpty
            )
            // A short one has been read before it is sent, and has a length then.
            let hasLength = isKnown || length <= 256 << 10
            #expect(message["content-length"] == (hasLength ? ["\(length)"] : []))
            #expect(message["transfer-encoding"] == (hasLength ? [] : ["chunked"]))
            try await connection.send(Self.empty)
            #expect(try await response.head.status == .ok)
        }
    }

    @Test
    func `A body that is given as a form stays one`() async throws {
        try await run { metered, server, _, _ in
            let body = Body(PulledBody(length: 300_000), length: 300_000)
            let fields = [("Content-Type", "multipart/form-data; boundary=x"), ("Content-Length", "300000")]
            async let response = metered.send(.local(server.port, .post, "/v1/files", fields, body: body))
            let connection = try await server.accept()
            let message = try await connection.message(.request)
            #expect(message["content-type"] == ["multipart/form-data; boundary=x"])
            #expect(message["content-length"] == ["300000"] && message.body == Pattern.bytes(300_000))
            try await connection.send(Self.empty)
            _ = try await response
        }
    }

    // MARK: - Connections that were kept

    enum Repeated: CaseIterable, Sendable { case bytes, shortStream, fullStream }

    @Test(arguments: Repeated.allCases)
    func `A kept connection that turns out to be closed is replaced, and the body is sent whole`(
        kind: Repeated
    ) async throws {
        try await run { metered, server, _, _ in
            let kept = try await Self.keptConnection(metered, server)
            let length = kind == .fullStream ? 300_000 : 10_000
            let body = kind == .bytes ? Body(Pattern.bytes(length)) : Body(PulledBody(length: length), length: length)
            async let second = metered.send(.local(server.port, .post, "/again", body: body))
            _ = try await kept.message(.request)
            await kept.reset()
            // What was sent of a long stream is not there any more: the call ends, and nothing wrong is sent.
            if kind == .fullStream {
                do {
                    _ = try await second
                    Issue.record("There was a response.")
                } catch {
                    #expect((error as? TransportError)?.code == .connectionLost)
                }
                return
            }
            let other = try await server.accept()
            let message = try await other.message(.request)
            #expect(message.target == "/again" && message.body == Pattern.bytes(length))
            try await other.send(Self.empty)
            #expect(try await second.head.status == .ok)
        }
    }

    /// A connection that a first call has left.
    private static func keptConnection(
        _ metered: any Transport,
        _ server: ScriptedUpstream
    ) async throws -> RawConnection {
        async let first = metered.send(.local(server.port, .get, "/v1/models"))
        let kept = try await server.accept()
        _ = try await kept.message(.request)
        try await kept.send(empty)
        _ = try await first.body.collect(upTo: 0)
        return kept
    }

    // MARK: - Sources that are slow or wrong

    /// A body that gives its beginning, and the rest when it is let.
    private struct HeldBody: AsyncSequence, Sendable {
        typealias Element = ArraySlice<UInt8>
        typealias Failure = any Error

        let beginning: Int
        let end: Int
        let isOpen: Watched<Bool>
        let asked = Watched(false)

        struct AsyncIterator: AsyncIteratorProtocol {
            let body: HeldBody
            var step = 0

            mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
                step += 1
                if step == 1 { return Pattern.bytes(body.beginning)[...] }
                guard step == 2, body.end > 0 else { return nil }
                body.asked.update { $0 = true }
                let isOpen = body.isOpen
                _ = try await withTaskCancellationHandler {
                    try await isOpen.wait(for: "leave to go on") { $0 }
                } onCancel: {
                    isOpen.update { $0 = true }
                }
                try Task.checkCancellation()
                return Pattern.bytes(body.end, from: body.beginning)[...]
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
    }

    @Test
    func `A body that pauses goes on where it was`() async throws {
        try await run { metered, server, _, sink in
            let source = HeldBody(beginning: 400_000, end: 100_000, isOpen: Watched(false))
            async let response = metered.send(.local(server.port, body: Body(source, length: 500_000)))
            let connection = try await server.accept()
            try await connection.receive("the beginning") { $0.bytes.count > 400_000 }
            source.isOpen.update { $0 = true }
            #expect(try await connection.message(.request).body == Pattern.bytes(500_000))
            try await connection.send(Self.empty)
            #expect(try await response.head.status == .ok)
            #expect(try await sink.wait(for: 1).map(\.outcome) == [.completed])
        }
    }

    @Test
    func `A body that pauses for too long ends the call, and says which transport to use`() async throws {
        try await run(patience: .milliseconds(100)) { metered, server, _, sink in
            let source = HeldBody(beginning: 400_000, end: 100_000, isOpen: Watched(false))
            let request = Request.local(server.port, body: Body(source, length: 500_000))
            let error = await #expect(throws: TransportError.self) { try await metered.send(request) }
            #expect(error?.code == .timeout && error?.message.contains("CurlTransport") == true)
            #expect(try await sink.wait(for: 1).map(\.outcome) == [.timeout])
            try await server.accept().ended()
        }
    }

    enum End: CaseIterable, Sendable { case cancelled, shutDown }

    @Test(arguments: End.allCases)
    func `A call that ends while a session waits for its body ends at once`(end: End) async throws {
        try await run(patience: .seconds(3_600)) { metered, server, transport, sink in
            let source = HeldBody(beginning: 400_000, end: 100_000, isOpen: Watched(false))
            let request = Request.local(server.port, body: Body(source, length: 500_000))
            let call = Task { await failure { _ = try await metered.send(request) } }
            let connection = try await server.accept()
            try await connection.receive("the beginning") { $0.bytes.count > 400_000 }
            if end == .cancelled { call.cancel() } else { transport.shutDown() }
            #expect(await call.value == (end == .cancelled ? .cancelled : .shutDown))
            #expect(try await sink.wait(for: 1).map(\.outcome) == [end == .cancelled ? .abandoned : .unreachable])
            try await connection.ended()
        }
    }

    @Test
    func `A refusal ends a body that is under way`() async throws {
        try await run { metered, server, _, sink in
            let source = PulledBody(length: 64 << 20)
            async let response = metered.send(.local(server.port, body: Body(source, length: 64 << 20)))
            let connection = try await server.accept()
            try await connection.take(through: "\r\n\r\n")
            try await connection.setReading(false)
            try await connection.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge")
            let received = try await response
            #expect(received.head.status.code == 413 && source.pulled < 64 << 20)
            #expect(try await received.body.collect(upTo: 5) == Array("large".utf8))
            #expect(try await sink.wait(for: 1).map(\.outcome) == [.error])
        }
    }

    @Test(arguments: [(399_999, "longer"), (400_001, "ended after 400000")])
    func `A long body that is not as long as it was to be ends the call`(length: Int, word: String) async throws {
        try await run { metered, server, _, _ in
            let body = Body(PulledBody(length: 400_000), length: length)
            let error = await #expect(throws: TransportError.self) {
                try await metered.send(.local(server.port, body: body))
            }
            #expect(error?.code == .invalidRequest && error?.message.contains(word) == true)
        }
    }

    @Test
    func `A long body whose source fails ends the call with its error`() async throws {
        struct SourceError: Error {}
        try await run { metered, server, _, _ in
            let body = Body(PulledBody(length: 700_000, failure: SourceError()))
            let error = await #expect(throws: TransportError.self) {
                try await metered.send(.local(server.port, body: body))
            }
            #expect(error?.code == .failed && error?.underlying is SourceError)
        }
    }

    // MARK: - Files and memory

    /// A body of one text, over and over.
    private struct MarkedBody: AsyncSequence, Sendable {
        typealias Element = ArraySlice<UInt8>
        typealias Failure = any Error

        let piece: [UInt8]
        let count: Int
        let halfway: @Sendable () async throws -> Void

        struct AsyncIterator: AsyncIteratorProtocol {
            let body: MarkedBody
            var left: Int

            mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
                guard left > 0 else { return nil }
                left -= 1
                if left == body.count / 2 { try await body.halfway() }
                return body.piece[...]
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self, left: count) }
    }

    /// The files under the folder for temporary ones, and the open files without a name, that hold a text.
    ///
    /// - Parameters:
    ///   - marker: The text.
    ///   - start: The time before which nothing can have been written, in seconds since 1970.
    /// - Returns: Their paths.
    private static func files(with marker: String, since start: Int) -> [String] {
        let folder = FileManager.default.temporaryDirectory.path
        let paths = recent(folder, since: start, depth: 3) + names("/proc/self/fd").map { "/proc/self/fd/\($0)" }
        return paths.filter { path in
            var facts = stat()
            guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size >= marker.utf8.count,
                let handle = FileHandle(forReadingAtPath: path)
            else { return false }
            defer { try? handle.close() }
            return (try? handle.read(upToCount: 1 << 16))??.range(of: Data(marker.utf8)) != nil
        }
    }

    private static func names(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// The files that were written since a time, in folders that were too.
    private static func recent(_ folder: String, since start: Int, depth: Int) -> [String] {
        names(folder).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            var facts = stat()
            guard lstat(path, &facts) == 0, facts.st_mtim.tv_sec >= start else { return [] }
            if facts.st_mode & S_IFMT == S_IFREG { return [path] }
            return facts.st_mode & S_IFMT == S_IFDIR && depth > 1 ? recent(path, since: start, depth: depth - 1) : []
        }
    }

    @Test(arguments: Client.allCases)
    func `No file holds a body while it is sent`(client: Client) async throws {
        let start = time(nil) - 1
        let marker = "prompt-\(UUID().uuidString)"
        let piece = Array(String(repeating: marker + " ", count: 1_000).utf8)
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                _ = try await connection.message(.request)
                try await connection.send(Self.empty)
            }
        })
        try await AdapterHarness.run(client, server: server) { harness in
            let found = Watched<[String]?>(nil)
            let body = Body(
                MarkedBody(piece: piece, count: 100) {
                    found.update { $0 = Self.files(with: marker, since: start) }
                }
            )
            let response = try await harness.metered.send(harness.request(body: body))
            #expect(response.head.status == .ok && found.value == [])
        }
        // The search finds what there is.
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(piece).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        #expect(Self.files(with: marker, since: start).count == 1)
    }
}
