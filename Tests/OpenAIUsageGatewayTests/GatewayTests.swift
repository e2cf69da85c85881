import Foundation
import Logging
import NIOPosix
import OpenAISimulator
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// The whole gateway before the simulated API.
struct GatewayTests {
    private static let chat = RawClient.chat(
        extra:
            "Authorization: Bearer sk-proj-abcdefghijklmnop1234\r\nOpenAI-Project: proj_a\r\nOpenAI-Usage-Tags: team=search\r\n"
    )

    @Test func callsAreKeptPricedAndCounted() async throws {
        let simulator = try await Simulator.start(
            SimulatorConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        try await RunningGateway.run(upstream: "http://\(simulator.address)") { gateway in
            let client = try await gateway.caller()
            #expect(try await client.exchange(Self.chat).status == 200)
            let stream = try await client.exchange(
                RawClient.chat(stream: true, extra: "Authorization: Bearer sk-x\r\n")
            )
            #expect(stream.status == 200)
            #expect(!stream.text.contains("prompt_tokens"))
            #expect(stream.text.hasSuffix("data: [DONE]\n\n"))
            // What the client has seen in full is in the ledger.
            let records = try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery())
            try #require(records.count == 2)
            #expect(records.allSatisfy { $0.outcome == .completed && $0.usageState == .reported })
            #expect(records.allSatisfy { $0.source == .gateway && $0.cost.picoUSD ?? 0 > 0 })
            #expect(records[0].tags == ["team": "search"])
            #expect(records[0].key?.hint.hasSuffix("1234") == true)
            #expect(records[0].id < records[1].id)
            let metrics = try await gateway.ask("/metrics").text
            #expect(metrics.contains("oai_usage_ledger_late_releases_total 0\n"))
            #expect(metrics.contains("oai_usage_records_captured_total 2\n"))
            #expect(!metrics.contains("sk-proj"))
            await client.connection.close()
        }
        try await simulator.stop()
    }

    @Test func aGatewayWithoutALedgerCountsInItsMetrics() async throws {
        let simulator = try await Simulator.start(
            SimulatorConfiguration(),
            group: MultiThreadedEventLoopGroup.singleton
        )
        let log = try TemporaryFolder()
        let accessLog = try AccessLog(path: log.path("access.log"))
        try await RunningGateway.run(
            upstream: "http://\(simulator.address)",
            keepsLedger: false,
            accessLog: accessLog,
            configure: {
                // A commit that is waited for would never come.
                $0.durability = .committed
                $0.projectsByKey = ["1234": "proj_k"]
            }
        ) { gateway in
            let client = try await gateway.caller()
            #expect(
                try await client.exchange(Self.chat.replacing("OpenAI-Project: proj_a\r\n", with: "")).status == 200
            )
            let stream = try await client.exchange(
                RawClient.chat(stream: true, extra: "Authorization: Bearer sk-x\r\n")
            )
            #expect(stream.text.hasSuffix("data: [DONE]\n\n"))
            await client.connection.close()
            let metrics = try await gateway.ask("/metrics").text
            let lines = metrics.split(separator: "\n")
            #expect(
                lines.contains {
                    $0.hasPrefix("oai_usage_calls_total{") && $0.contains("code=\"200\"") && !$0.hasSuffix(" 0")
                }
            )
            #expect(lines.contains { $0.hasPrefix("oai_usage_cost_") && !$0.hasSuffix(" 0") })
            #expect(!metrics.contains("oai_usage_records_captured_total"))
            #expect(try await gateway.ask("/-/ready").text == "ready\n")
            #expect(try await gateway.ask("/").text.contains("keeps no ledger"))
            let client2 = try await gateway.operatorClient()
            let refusal = try await client2.exchange(
                RawClient.post(Gateway.repricePath, #"{"from":"2026-11-23T00:00:00Z","to":"2026-11-24T00:00:00Z"}"#)
            )
            #expect(refusal.status == 409 && refusal.text.contains("keeps no ledger"))
            await client2.connection.close()
            #expect(try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery()).isEmpty)
        }
        accessLog.flush()
        let lines = try String(contentsOfFile: log.path("access.log"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"outcome\":\"completed\"") })
        try await simulator.stop()
    }

    @Test func identitiesGrowAcrossRestarts() async throws {
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        let folder = try TemporaryFolder()
        var ids: [CallID] = []
        for _ in 0..<2 {
            let ledger = try Ledger(path: folder.path("ledger.db"))
            if let newest = ledger.newestCallID { #expect(newest == ids.last) }
            var configuration = GatewayConfiguration(
                upstream: try #require(Upstream("http://127.0.0.1:\(upstream.port)"))
            )
            configuration.listen.port = 0
            configuration.admin.port = 0
            configuration.access.allowedHosts = ["gateway"]
            let ready = Watched<Gateway.Addresses?>(nil)
            let gateway = Gateway(
                configuration: configuration,
                ledger: ledger,
                metrics: UsageMetrics(build: BuildInformation(version: "1")),
                logger: Self.logger,
                onReady: { addresses in ready.update { $0 = addresses } }
            )
            let task = Task { try await gateway.run() }
            let addresses = try #require(try await ready.wait(for: "the gateway") { $0 != nil })
            let port = try #require(addresses.calls.split(separator: ":").last.flatMap { Int($0) })
            let client = RawClient(connection: try await RawConnection.connect(to: port))
            #expect(try await client.exchange(RawClient.get(), method: "GET").status == 200)
            await client.connection.close()
            task.cancel()
            _ = await task.result
            ids = try LedgerReader(path: folder.path("ledger.db")).calls(CallsQuery()).map(\.id)
        }
        #expect(ids.count == 2)
        #expect(ids[0] < ids[1])
        await upstream.stop()
    }

    private static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// When its task is cancelled, a gateway ends without waiting for open calls, which have their record all the same.
    @Test func aCancelledGatewayDoesNotWait() async throws {
        let upstream = try await ScriptedUpstream.start()
        try await RunningGateway.run(
            upstream: "http://127.0.0.1:\(upstream.port)",
            configure: { $0.shutdownMilliseconds = 120_000 }
        ) { gateway in
            let client = try await gateway.caller()
            try await client.send(Self.chat)
            _ = try await (try await upstream.accept()).message(.request)
            let ended = Watched(false)
            async let stopped: Void = {
                await gateway.stop()
                ended.update { $0 = true }
            }()
            try await ended.wait(for: "the gateway to end") { $0 }
            await stopped
            #expect(try await client.connection.ended().bytes.isEmpty)
            let records = try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery())
            #expect(records.map(\.outcome) == [.unreachable])
            await client.connection.close()
        }
        await upstream.stop()
    }

    @Test(arguments: [true, false])
    func anAddressThatIsTakenIsAnError(_ isAdmin: Bool) async throws {
        let other = try await ScriptedUpstream.start()
        let folder = try TemporaryFolder()
        var configuration = GatewayConfiguration(upstream: try #require(Upstream("http://127.0.0.1:1")))
        configuration.listen.port = isAdmin ? 0 : other.port
        configuration.admin.port = isAdmin ? other.port : 0
        let gateway = Gateway(
            configuration: configuration,
            ledger: try Ledger(path: folder.path("ledger.db")),
            metrics: UsageMetrics(build: BuildInformation(version: "1")),
            logger: Self.logger
        )
        await #expect {
            try await gateway.run()
        } throws: { error in
            guard let error = error as? GatewayError else { return false }
            return error.code == .addressInUse && error.message.contains("127.0.0.1:\(other.port)")
                && error.description == error.message
        }
        // The ledger was closed, so that another may have it.
        await (try Ledger(path: folder.path("ledger.db"))).close()
        await other.stop()
    }

    @Test func anAddressOfAnotherMachineIsAnError() async throws {
        let folder = try TemporaryFolder()
        var configuration = GatewayConfiguration(upstream: try #require(Upstream("http://127.0.0.1:1")))
        configuration.listen = .init(host: "192.0.2.1", port: 0)
        configuration.access.allowsAnyone = true
        configuration.admin.port = 0
        let gateway = Gateway(
            configuration: configuration,
            ledger: try Ledger(path: folder.path("ledger.db")),
            metrics: UsageMetrics(build: BuildInformation(version: "1")),
            logger: Self.logger
        )
        await #expect {
            try await gateway.run()
        } throws: { error in
            (error as? GatewayError)?.code == .addressUnavailable
        }
    }

    @Test(arguments: [("127.0.0.1", 80, "127.0.0.1:80"), ("::1", 80, "[::1]:80"), ("localhost", 0, "localhost:0")])
    func addressesAreWrittenAsInURLs(_ host: String, _ port: Int, _ text: String) {
        #expect(GatewayConfiguration.Address(host: host, port: port).description == text)
    }
}
