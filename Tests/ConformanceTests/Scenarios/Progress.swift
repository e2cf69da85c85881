import OpenAIUsageTestKit

/// How far a call has come, for those who wait on it.
final class Progress: Sendable {
    struct State: Sendable {
        /// The request as it stood on the wire.
        var request: RawMessage?
        var hasArrived = false
        var bytesRead = 0
    }

    private let state = Watched(State())

    var request: RawMessage? { state.value.request }

    func arrived(_ request: RawMessage?) {
        state.update {
            $0.request = request
            $0.hasArrived = true
        }
    }

    func read(_ count: Int) { state.update { $0.bytesRead = count } }

    func waitForRequest() async throws { try await state.wait(for: "the request") { $0.hasArrived } }

    func waitForBytes(_ count: Int) async throws {
        try await state.wait(for: "\(count) bytes to be read") { $0.bytesRead >= count }
    }
}
