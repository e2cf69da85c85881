import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Errors of the network reach clients in words of the gateway's own.
struct ErrorTextTests {
    private static let foreign = ["NIO", "IOError", "errno", "Optional", "HTTPParser", "ChannelError", "(host:"]

    @Test(arguments: [
        ("http://127.0.0.1:1", "connection refused"),
        ("http://name.invalid", "the name name.invalid cannot be resolved"),
    ])
    func anUpstreamThatIsNotThere(_ url: String, _ words: String) async throws {
        try await Harness.run(upstreamURL: url) { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 502 && response.text.contains(words), "\(response.text)")
            for word in Self.foreign { #expect(!response.text.contains(word)) }
            _ = try await harness.recorder.record()
        }
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9\r\n\r\n", "begin with an HTTP version"),
        ("HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n", "A field name"),
    ])
    func anUpstreamThatIsNoWebServer(_ answer: String, _ words: String) async throws {
        let upstream = try await ScriptedUpstream.answering(Array(answer.utf8))
        try await Harness.run(upstream: upstream) { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 502 && response.text.contains(words), "\(response.text)")
            #expect(!response.text.contains(".."))
            for word in Self.foreign { #expect(!response.text.contains(word)) }
            _ = try await harness.recorder.record()
        }
    }

    @Test func everyErrorHasWords() {
        let errors: [any Error] = [
            IOError(errnoCode: 111, reason: "connect"), IOError(errnoCode: 28, reason: "write"), ChannelError.eof,
            ChannelError.connectTimeout(.seconds(1)),
            SocketAddressError.unsupported, CancellationError(),
        ]
        for error in errors {
            let text = ErrorText.describe(error)
            #expect(!text.isEmpty && !text.hasSuffix("."))
            for word in Self.foreign { #expect(!text.contains(word)) }
        }
        #expect(ErrorText.describe(errors[0]) == "connection refused")
    }
}
