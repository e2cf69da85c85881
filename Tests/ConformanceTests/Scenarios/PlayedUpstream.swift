import OpenAIUsageTestKit

/// The upstream of a scenario on a port of this machine.
struct PlayedUpstream: Sendable {
    private let server: ScriptedUpstream?
    private let deaf: DeafSocket?

    var port: Int { server?.port ?? deaf?.port ?? 0 }

    static func start(
        _ scenario: Scenario,
        _ delivery: Delivery,
        _ progress: Progress,
        closesOnceRead: Bool
    ) async throws -> PlayedUpstream {
        if case .refuses = scenario.reply { return PlayedUpstream(server: nil, deaf: try DeafSocket(.refuses)) }
        let server = try await ScriptedUpstream.start(script: { connection in
            while true {
                progress.arrived(try await connection.message(.request))
                try await answer(scenario.reply, delivery, connection, progress, closesOnceRead)
            }
        })
        return PlayedUpstream(server: server, deaf: nil)
    }

    private static func answer(
        _ reply: Reply,
        _ delivery: Delivery,
        _ connection: RawConnection,
        _ progress: Progress,
        _ closesOnceRead: Bool
    ) async throws {
        switch reply {
        case .refuses: return
        case .isSilent: try await connection.ended()
        case .breaksOff(let text, let isReset):
            if !text.isEmpty { try await connection.send(text) }
            if isReset { await connection.reset() } else { await connection.close() }
        case .responds(let response):
            for piece in response.wire(delivery) { try await connection.send(piece) }
            switch response.end {
            case .isWhole: if delivery.framing == .close, !response.hasNoBody { await connection.close() }
            case .closes, .closesInChunk:
                if closesOnceRead { try await progress.waitForBytes(response.body.count) }
                await connection.close()
            case .resets:
                try await progress.waitForBytes(response.body.count)
                await connection.reset()
            case .stalls: try await connection.ended()
            }
        }
    }

    /// Waits until every connection has been ended by the other side, and stops.
    func stop() async throws {
        deaf?.close()
        guard let server else { return }
        do {
            for connection in server.connections { try await connection.ended() }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}
