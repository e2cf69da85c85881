import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// True if the machine's own name stands for ::1 and for 127.0.0.1.
private let hasTwoAddresses = (try? SocketAddress.makeAddressResolvingHost("localhost", port: 1).protocol) == .inet6

/// Upstreams whose name has two addresses, of which one is of no use.
@Suite(.enabled(if: hasTwoAddresses, "localhost has one address only"))
struct AddressTests {
    @Test(arguments: ["::1", "127.0.0.1"])
    func theOtherAddressIsRefused(_ host: String) async throws {
        let upstream = try await ScriptedUpstream.start(
            script: { connection in
                while true {
                    _ = try await connection.message(.request)
                    try await connection.send(DataPlaneTests.ok)
                }
            },
            host: host
        )
        try await Harness.run(upstream: upstream, upstreamURL: "http://localhost:\(upstream.port)") { harness in
            for number in 1...20 {
                let response = try await harness.exchange(
                    RawClient.chat(extra: number % 2 == 0 ? "Connection: close\r\n" : "")
                )
                #expect(response.text == "{}")
                _ = try await harness.recorder.records(number)
            }
        }
    }

    /// The address that does not answer is tried first.
    @Test func theOtherAddressIsBlackHoled() async throws {
        let deaf = try DeafSocket(.ignores, isVersion6: true)
        defer { deaf.close() }
        let upstream = try await ScriptedUpstream.start(
            script: { connection in
                _ = try await connection.message(.request)
                try await connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            },
            port: deaf.port
        )
        try await Harness.run(upstream: upstream, upstreamURL: "http://localhost:\(deaf.port)") { harness in
            for _ in 0..<3 {
                let response = try await harness.exchange(RawClient.chat())
                #expect(response.text == "{}")
            }
        }
    }
}
