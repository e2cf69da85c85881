import HTTPTypes
import OpenAIUsage

/// Makes the call of a scenario as its caller does.
struct Caller: Sendable {
    /// What the caller has seen of it.
    struct Seen: Sendable {
        var status: Int?
        var bytes: [UInt8] = []
        /// The error that the call ended with; of some clients it is no ``TransportError``.
        var error: String?
    }

    let scenario: Scenario
    let path: OpenPath
    let progress: Progress

    /// Makes the call, and returns when the caller is done with it.
    func call() async throws -> Seen {
        let task = Task { await read() }
        switch scenario.manner {
        case .isCancelledBeforeTheHead:
            try await progress.waitForRequest()
            task.cancel()
        case .isShutDownBeforeTheHead:
            try await progress.waitForRequest()
            await path.shutDown()
        case .isCancelledWithinTheBody:
            try await progress.waitForBytes(1)
            task.cancel()
        case .isShutDownWithinTheBody:
            try await progress.waitForBytes(1)
            await path.shutDown()
        default: break
        }
        return await task.value
    }

    private func read() async -> Seen {
        var seen = Seen()
        do {
            let response = try await path.transport.send(
                scenario.request(to: path.port),
                context: CallContext(tags: [:])
            )
            seen.status = response.head.status.code
            if scenario.manner == .neverReads { return seen }
            for try await piece in response.body {
                seen.bytes += piece
                progress.read(seen.bytes.count)
                if scenario.manner == .readsOnePiece { break }
                if case .stopsBehind(let text) = scenario.manner,
                    seen.bytes.suffix(text.utf8.count).elementsEqual(text.utf8)
                {
                    break
                }
            }
        } catch {
            seen.error = "\(error)"
        }
        if scenario.manner == .isCancelledBehindTheEnd { withUnsafeCurrentTask { $0?.cancel() } }
        return seen
    }
}
