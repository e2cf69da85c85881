import HTTPTypes
import OpenAIUsage
import Synchronization

/// Answers the call of a scenario from memory, and ends it as a transport has to.
final class ReferenceTransport: Sendable {
    private let scenario: Scenario
    private let delivery: Delivery
    private let progress: Progress
    /// What ends the waits; `nil` behind the end.
    private let ends = Mutex<[AsyncStream<Void>.Continuation]?>([])

    init(_ scenario: Scenario, _ delivery: Delivery, _ progress: Progress) {
        self.scenario = scenario
        self.delivery = delivery
        self.progress = progress
    }

    func shutDown() {
        let waits = ends.withLock { ends in
            defer { ends = nil }
            return ends ?? []
        }
        for wait in waits { wait.finish() }
    }

    var closure: ClosureTransport {
        ClosureTransport { [self] request, _ in
            if scenario.streamsRequest, let body = request.body { for try await _ in body {} }
            progress.arrived(nil)
            switch scenario.reply {
            case .refuses: throw TransportError(.unreachable, "Nobody listens.")
            case .breaksOff: throw TransportError(.connectionLost, "There was no response.")
            case .isSilent: throw await standStill()
            case .responds(let response): return answer(response)
            }
        }
    }

    private func answer(_ response: ScriptedResponse) -> Response {
        var fields = HTTPFields()
        for (name, value) in response.fields + response.framingFields(delivery) {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let body = MemoryBody(bytes: response.hasNoBody ? [] : response.body) { [self] in
            switch response.end {
            case .isWhole: return
            case .closes, .closesInChunk, .resets: throw TransportError(.connectionLost, "The connection was lost.")
            case .stalls: throw await standStill()
            }
        }
        return Response(
            head: HTTPResponse(status: .init(code: response.status), headerFields: fields),
            body: Body(body)
        )
    }

    /// Waits until the call is ended from this side, and returns what it ends with.
    private func standStill() async -> any Error {
        if scenario.isHurried { return TransportError(.timeout, "Nothing came.") }
        let (stream, end) = AsyncStream<Void>.makeStream()
        let isShutDown = ends.withLock { ends in
            ends?.append(end)
            return ends == nil
        }
        // Cancellation ends the wait too.
        if !isShutDown { for await _ in stream {} }
        return Task.isCancelled ? CancellationError() : TransportError(.shutDown, "The transport is shut down.")
    }
}
