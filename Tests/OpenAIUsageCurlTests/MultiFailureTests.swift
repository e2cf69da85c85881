import CCurl
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageCurl

/// What becomes of calls when libcurl's multi interface fails.
@Suite(.timeLimit(.minutes(1)))
struct MultiFailureTests {
    enum Function: CaseIterable, Sendable { case perform, poll, add, resume }

    /// Makes one of libcurl's functions fail while it is told to, and counts how often it was called.
    private final class Fault: Sendable {
        private let isOn = Atomic<Bool>(false)
        private let calls = Atomic<Int>(0)

        var count: Int { calls.load(ordering: .relaxed) }
        func set(_ isOn: Bool) { self.isOn.store(isOn, ordering: .sequentiallyConsistent) }

        func replace(_ function: Function, in functions: inout CurlMultiFunctions) {
            let usual = functions
            switch function {
            case .perform:
                functions.perform = { self.fails ? CURLM_OUT_OF_MEMORY : usual.perform($0) }
            case .poll:
                functions.poll = { self.fails ? CURLM_UNRECOVERABLE_POLL : usual.poll($0, $1) }
            case .add:
                functions.add = { self.fails ? CURLM_INTERNAL_ERROR : usual.add($0, $1) }
            case .resume:
                functions.resume = { self.fails ? CURLE_OUT_OF_MEMORY : usual.resume($0) }
            }
        }

        private var fails: Bool {
            guard isOn.load(ordering: .sequentiallyConsistent) else { return false }
            calls.add(1, ordering: .relaxed)
            return true
        }
    }

    @Test(arguments: [Function.perform, .poll, .add])
    func `A function that fails ends the calls with an error that says so, and later ones are tried again`(
        function: Function
    ) async throws {
        let fault = Fault()
        let server = try await ScriptedUpstream.start()
        try await CurlHarness.run(server: server, configure: { fault.replace(function, in: &$0.functions) }) {
            harness in
            let held = Task {
                await Self.error { _ = try await harness.metered.send(harness.request(body: Body("{}"))) }
            }
            let connection = try await server.accept()
            _ = try await connection.message(.request)
            fault.set(true)
            // Another call wakes the thread.
            let other = await Self.error { _ = try await harness.metered.send(harness.request(body: Body("{}"))) }
            if function == .add {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                #expect(await held.value == nil)
            } else {
                #expect(await held.value?.message.hasPrefix("libcurl failed to") == true)
                try await connection.ended()
            }
            #expect(other?.code == .failed && other?.message.hasPrefix("libcurl failed to") == true)
            let calls = fault.count
            fault.set(false)
            let later = try await ScriptedUpstream.answering(
                Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
            )
            let response = try await harness.transport.send(.local(later.port, body: Body("{}")))
            #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
            // It did not try over and over.
            #expect(calls < 10)
            #expect(try await harness.record(2).outcome != .open)
            await later.stop()
        }
    }

    @Test
    func `A call that libcurl does not let go on ends`() async throws {
        let fault = Fault()
        let server = try await ScriptedUpstream.start()
        try await CurlHarness.run(
            server: server,
            configure: {
                fault.replace(.resume, in: &$0.functions)
                $0.bufferLength = 16 << 10
            },
            body: { harness in
                async let response = harness.metered.send(harness.request(body: Body("{}")))
                let connection = try await server.accept()
                _ = try await connection.message(.request)
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n")
                let body = try await response.body
                fault.set(true)
                let writer = Task { try await connection.send(Pattern.bytes(8_000_000)) }
                let code = await failure { for try await _ in body {} }
                #expect(code == .failed)
                #expect(try await harness.record().outcome == .cut)
                try await connection.ended()
                _ = await writer.result
            }
        )
    }

    private static func error(of call: () async throws -> Void) async -> TransportError? {
        do {
            try await call()
            return nil
        } catch {
            return error as? TransportError
        }
    }
}
