import CCurl
import NIOPosix
import OpenAISimulator
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// A program's own easy handle, metered by one call.
struct MeteredHandleTests {
    /// Where a C program's functions put what they are given.
    private final class Received {
        var header = ""
        var body: [UInt8] = []
        /// How many pieces are refused for now, and how many are taken before the program has enough.
        var refusals = 0
        var limit = Int.max
        var upload = Pattern.bytes(100_000)[...]
    }

    private static func received(_ context: UnsafeMutableRawPointer?) -> Received? {
        context.map { Unmanaged<Received>.fromOpaque($0).takeUnretainedValue() }
    }

    /// A handle, the strings of a call on it, and what it receives.
    private final class Program {
        let handle = curl_easy_init()
        let received = Received()
        let sink = RecordingSink()
        private(set) var call = ccurl_call()
        private var strings: [UnsafeMutablePointer<CChar>?] = []
        private var fields: UnsafeMutablePointer<curl_slist>?

        init(_ url: String, fields lines: [String] = [], body: String? = nil) {
            _ = ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
            _ = ccurl_set_string(handle, CURLOPT_PROXY, "")
            call.url = string(url)
            for line in lines { fields = curl_slist_append(fields, line) }
            call.fields = UnsafePointer(fields)
            if let body {
                call.body = UnsafeRawPointer(string(body))
                call.body_length = curl_off_t(body.utf8.count)
            }
            let context = Unmanaged.passUnretained(received).toOpaque()
            call.header_context = context
            call.write_context = context
            call.header = { bytes, size, count, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                MeteredHandleTests.received(context)?.header += String(decoding: line, as: UTF8.self)
                return size * count
            }
            call.write = { bytes, size, count, context in
                guard let received = MeteredHandleTests.received(context) else { return 0 }
                if received.refusals > 0 {
                    received.refusals -= 1
                    return Int(CURL_WRITEFUNC_PAUSE)
                }
                guard received.body.count < received.limit else { return 0 }
                received.body += UnsafeRawBufferPointer(start: bytes, count: size * count)
                return size * count
            }
        }

        deinit {
            curl_easy_cleanup(handle)
            curl_slist_free_all(fields)
            for string in strings { string?.deallocate() }
        }

        func set(_ change: (inout ccurl_call, (String) -> UnsafePointer<CChar>?) -> Void) {
            change(&call) { string($0) }
        }

        /// Has the request's body read from what is to be uploaded.
        func upload(length: Int) {
            call.body_length = curl_off_t(length)
            call.read_context = Unmanaged.passUnretained(received).toOpaque()
            call.read = { buffer, size, count, context in
                guard let received = MeteredHandleTests.received(context), let buffer else { return 0 }
                let piece = received.upload.prefix(size * count)
                received.upload = received.upload.dropFirst(piece.count)
                UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyBytes(from: piece)
                return piece.count
            }
        }

        /// Performs the call through the function for C programs.
        func perform() -> CURLcode {
            let meter = UsageMeter(sink: sink)
            return withExtendedLifetime(meter) {
                withUnsafePointer(to: call) { ccurl_metered(handle, $0, meter.curlMeter) }
            }
        }

        private func string(_ text: String) -> UnsafePointer<CChar>? {
            let bytes = Array(text.utf8) + [0]
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
            strings.append(copy)
            return UnsafePointer(copy)
        }
    }

    /// Runs what blocks on a thread of its own.
    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await NIOThreadPool.singleton.runIfActive { try body() }
    }

    private static let chat = #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]"#

    @Test(arguments: [false, true])
    func `A call is metered, and its bytes go where the program wants them`(isStream: Bool) async throws {
        let simulator = try await Simulator.start(
            SimulatorConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        let url = "http://\(simulator.address)/v1/chat/completions"
        try await Self.blocking {
            let program = Program(
                url,
                fields: [
                    "Authorization: Bearer sk-x", "Content-Type: application/json", "OpenAI-Usage-Tags: team=search",
                    "OpenAI-Simulate: output-tokens=77",
                ],
                body: Self.chat + (isStream ? #","stream":true,"stream_options":{"include_usage":true}}"# : "}")
            )
            #expect(program.perform() == CURLE_OK)
            let text = String(decoding: program.received.body, as: UTF8.self)
            #expect(program.received.header.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(isStream ? text.hasSuffix("data: [DONE]\n\n") : text.contains("chat.completion"))
            let record = try #require(program.sink.records.first)
            #expect(program.sink.records.count == 1 && record.outcome == .completed && record.status == 200)
            #expect(record.usage.outputTokens == 77 && record.requestModel == "gpt-4o" && record.isStream == isStream)
            #expect(record.path == "/v1/chat/completions" && record.tags == ["team": "search"])
        }
        try await simulator.stop()
    }

    @Test
    func `The field of the tags does not go over the wire, and the others do`() async throws {
        let server = try await ScriptedUpstream.answering(TLSTests.ok)
        let port = server.port
        let script = Watched<RawMessage?>(nil)
        let spy = try await ScriptedUpstream.start(script: { connection in
            let message = try await connection.message(.request)
            script.update { $0 = message }
            try await connection.send(TLSTests.ok)
        })
        let spyPort = spy.port
        try await Self.blocking {
            let fields = ["Accept:", "X-A: 1", "openai-usage-tags: a=b", "X-Empty;", "Content-Type: text/plain"]
            let program = Program("http://user:pw@127.0.0.1:\(spyPort)?q=1#f", fields: fields, body: "12")
            program.set { call, string in call.method = string("PATCH") }
            #expect(program.perform() == CURLE_OK)
            let record = try #require(program.sink.records.first)
            #expect(record.method == "PATCH" && record.host == "127.0.0.1" && record.path == "/")
            #expect(record.tags == ["a": "b"])
            // The handle is the program's again: its own functions are set, and the meter's are not.
            _ = ccurl_set_string(program.handle, CURLOPT_URL, "http://127.0.0.1:\(port)/")
            program.received.body = []
            #expect(curl_easy_perform(program.handle) == CURLE_OK)
            #expect(program.received.body == Array("{}".utf8) && program.sink.records.count == 1)
        }
        let message = try #require(script.value)
        #expect(message.startLine == "PATCH /?q=1 HTTP/1.1" && message.text == "12")
        #expect(message["openai-usage-tags"] == [] && message["accept"] == [] && message["x-a"] == ["1"])
        #expect(message["x-empty"] == [""] && message["content-type"] == ["text/plain"])
        await server.stop()
        await spy.stop()
    }

    @Test(arguments: [100_000, -1])
    func `A body that the program's function gives is seen as it is sent`(length: Int) async throws {
        let script = Watched<RawMessage?>(nil)
        let server = try await ScriptedUpstream.start(script: { connection in
            let message = try await connection.message(.request)
            script.update { $0 = message }
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            )
        })
        let port = server.port
        try await Self.blocking {
            let program = Program("http://127.0.0.1:\(port)/v1/chat/completions", fields: ["Expect:"])
            let request = #"{"model":"gpt-4o-mini","messages":[]}"#
            program.received.upload =
                (Array(request.utf8) + Array(repeating: 0x20, count: 100_000 - request.utf8.count))[...]
            program.upload(length: length)
            #expect(program.perform() == CURLE_OK)
            #expect(program.sink.records.map(\.requestModel) == ["gpt-4o-mini"])
        }
        let message = try #require(script.value)
        #expect(message.method == "POST" && message.body.count == 100_000)
        #expect(message.framing == (length < 0 ? .chunked : .length))
        await server.stop()
    }

    enum TransportEnd: CaseIterable { case refused, cut, malformed, stopped, timeout, invalid }

    @Test(arguments: TransportEnd.allCases)
    func `Every ending is one record`(ending: TransportEnd) async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":"
        let server = try await ScriptedUpstream.start(script: { connection in
            _ = try await connection.message(.request)
            switch ending {
            case .malformed: try await connection.send("SSH-2.0-x\r\n\r\n")
            case .cut, .stopped: try await connection.send(head)
            case .refused, .timeout, .invalid: return
            }
            if ending != .stopped { await connection.close() }
        })
        let closed = try DeafSocket(.refuses)
        let port = ending == .refused ? closed.port : server.port
        try await Self.blocking {
            let program = Program(
                ending == .invalid ? "ftp://127.0.0.1/" : "http://127.0.0.1:\(port)/v1/chat/completions"
            )
            if ending != .invalid { program.set { call, string in call.method = string("POST") } }
            if ending == .timeout { _ = ccurl_set_long(program.handle, CURLOPT_TIMEOUT_MS, 50) }
            if ending == .stopped { program.received.limit = 0 }
            let result = program.perform()
            let outcomes = program.sink.records.map(\.outcome)
            let states = program.sink.records.map(\.usageState)
            switch ending {
            case .refused: #expect(states == [.notApplicable])
            case .malformed, .timeout: #expect(states == [.missing])
            case .cut, .stopped, .invalid: break
            }
            switch ending {
            case .refused: #expect(result == CURLE_COULDNT_CONNECT && outcomes == [.unreachable])
            case .cut: #expect(result == CURLE_PARTIAL_FILE && outcomes == [.cut])
            case .malformed: #expect(result != CURLE_OK && outcomes == [.unreachable])
            case .stopped: #expect(result == CURLE_WRITE_ERROR && outcomes == [.abandoned])
            case .timeout: #expect(result == CURLE_OPERATION_TIMEDOUT && outcomes == [.timeout])
            case .invalid: #expect(result == CURLE_BAD_FUNCTION_ARGUMENT && outcomes == [])
            }
        }
        closed.close()
        await server.stop()
    }

    @Test
    func `A redirect that libcurl follows is one record, with the last status`() async throws {
        let server = try await ScriptedUpstream.start(script: { connection in
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 307 X\r\nLocation: /there\r\nContent-Length: 3\r\n\r\nold")
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 201 X\r\nContent-Length: 3\r\n\r\nnew")
        })
        let port = server.port
        try await Self.blocking {
            let program = Program("http://127.0.0.1:\(port)/here")
            _ = ccurl_set_long(program.handle, CURLOPT_FOLLOWLOCATION, 1)
            #expect(program.perform() == CURLE_OK)
            #expect(program.received.body == Array("new".utf8) && program.sink.records.map(\.status) == [201])
        }
        await server.stop()
    }

    @Test
    func `A handle in a multi handle is metered until it is taken out`() async throws {
        let body = #"{"model":"m","usage":{"total_tokens":5}}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let server = try await ScriptedUpstream.answering(Array((head + body).utf8))
        let port = server.port
        try await Self.blocking {
            let multi = curl_multi_init()
            defer { curl_multi_cleanup(multi) }
            for isDropped in [false, true] {
                let program = Program("http://127.0.0.1:\(port)/v1/chat/completions", body: "{}")
                program.received.refusals = 1
                let meter = UsageMeter(sink: program.sink)
                let call = withExtendedLifetime(meter) {
                    withUnsafePointer(to: program.call) { ccurl_metered_begin(program.handle, $0, meter.curlMeter) }
                }
                #expect(call != nil)
                curl_multi_add_handle(multi, program.handle)
                var result: CURLcode?
                var running: Int32 = 1
                while result == nil, !isDropped || program.received.refusals > 0 {
                    curl_multi_perform(multi, &running)
                    if program.received.refusals == 0, !isDropped { curl_easy_pause(program.handle, CURLPAUSE_CONT) }
                    var left: Int32 = 0
                    if let message = curl_multi_info_read(multi, &left) { result = ccurl_message_result(message) }
                    if result == nil { curl_multi_poll(multi, nil, 0, 10, nil) }
                }
                curl_multi_remove_handle(multi, program.handle)
                if isDropped {
                    ccurl_metered_end(call, CURLE_ABORTED_BY_CALLBACK)
                    #expect(program.sink.records.map(\.outcome) == [.abandoned])
                } else {
                    ccurl_metered_end(call, result ?? CURLE_OK)
                    // What was refused and came again is seen once.
                    #expect(program.received.body == Array(body.utf8) && result == CURLE_OK)
                    #expect(program.sink.records.map(\.outcome) == [.completed])
                }
            }
        }
        await server.stop()
    }

    @Test
    func `A call that goes away before its end is abandoned`() async throws {
        try await Self.blocking {
            let program = Program("http://127.0.0.1:1/v1/models")
            do {
                let meter = UsageMeter(sink: program.sink)
                let metered = try MeteredHandle(#require(program.handle), program.call, meter: meter)
                withExtendedLifetime(metered) { #expect(program.sink.records.isEmpty) }
            }
            #expect(program.sink.records.map(\.outcome) == [.abandoned])
        }
    }
}
