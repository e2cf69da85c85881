import OpenAIUsage
import Testing

@testable import OpenAIUsageCurl

/// What is decided about a transfer, event by event.
struct TransferStateTests {
    private static let idle: Int64 = 1_000

    private func begin(_ upload: UploadBuffer = UploadBuffer([])) -> CurlTransferState {
        var state = CurlTransferState(upload: upload, bufferLength: 4, at: 0)
        _ = state.takeOrders()
        return state
    }

    private func receive(head: String, into state: inout CurlTransferState, at now: Int64 = 0) -> Bool {
        head.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { line in
            Array("\(line)\r\n".utf8).withUnsafeBufferPointer { state.receive(headLine: $0, at: now) }
        }
    }

    private func receive(body: [UInt8], into state: inout CurlTransferState, at now: Int64 = 0) -> Bool? {
        body.withUnsafeBytes { state.receive(body: $0, at: now) }
    }

    private func code(_ step: CurlTransferState.Step<[UInt8]?>) -> TransportError.Code? {
        if case .failure(let error) = step { error.code } else { nil }
    }

    private func bytes(_ step: CurlTransferState.Step<[UInt8]?>) -> [UInt8]? {
        if case .value(let bytes) = step { bytes } else { nil }
    }

    @Test
    func `A body beyond the limit waits until it is asked for`() {
        var state = begin()
        #expect(receive(head: "HTTP/1.1 200 OK\n", into: &state) && state.isReady(for: .head))
        #expect(receive(body: [1, 2, 3], into: &state) == true)
        #expect(receive(body: [4, 5], into: &state) == true)
        #expect(receive(body: [6], into: &state) == false && !state.hasOrders)
        // Who makes the server wait does not hold it against the server.
        #expect(state.deadline(Self.idle) == nil)
        #expect(bytes(state.stepToBody(at: 7)) == [1, 2, 3, 4, 5])
        #expect(state.takeOrders() == .unpause && state.deadline(Self.idle) == 7 + Self.idle)
        #expect(receive(body: [6], into: &state) == true)
    }

    @Test
    func `A transfer that stands still for too long has ended`() {
        var state = begin()
        #expect(state.elapse(Self.idle, at: Self.idle - 1) == .nothing)
        #expect(receive(head: "HTTP/1.1 200 OK\n", into: &state, at: 500))
        #expect(state.elapse(Self.idle, at: Self.idle) == .nothing)
        #expect(state.elapse(Self.idle, at: 500 + Self.idle) == .expiry)
        #expect(code(state.stepToBody(at: 0)) == .timeout)
        #expect(receive(body: [1], into: &state) == nil && state.deadline(Self.idle) == nil)
    }

    @Test
    func `A transfer that waits for a connection stands still, and begins anew with one`() {
        var state = begin()
        state.awaitConnection()
        #expect(state.deadline(Self.idle) == Self.idle && state.elapse(Self.idle, at: Self.idle - 1) == .nothing)
        state.begin(at: 900)
        #expect(state.elapse(Self.idle, at: Self.idle) == .nothing && state.deadline(Self.idle) == 900 + Self.idle)
        state = begin()
        state.awaitConnection()
        #expect(state.elapse(Self.idle, at: Self.idle) == .expiry)
        guard case .failure(let error) = state.stepToHead() else {
            Issue.record("There is a head.")
            return
        }
        #expect(error.code == .timeout && error.message.hasPrefix("No connection became free"))
    }

    @Test
    func `Pieces are pulled while they are wanted, and a caller lets it`() {
        var state = begin(UploadBuffer(length: nil, limit: 4))
        var room = [UInt8](repeating: 0, count: 8)
        #expect(state.isUploading && state.pullStep == .stop)
        state.resumePulling()
        #expect(state.pullStep == .wait)
        #expect(room.withUnsafeMutableBytes { state.read(into: $0, at: 0) } == .pause)
        #expect(state.takePullStep() == .pull && state.pullStep == .wait && !state.isReady(for: .pull))
        state.supply([1, 2], at: 0)
        #expect(state.isReady(for: .pull) && state.takePullStep() == .pull)
        state.pausePulling()
        #expect(state.pullStep == .stop && state.isUploading)
        state.resumePulling()
        state.endUpload(at: 0)
        #expect(state.pullStep == .stop && !state.isUploading)
    }

    @Test
    func `What has come before a failure can be read before it`() {
        var state = begin()
        #expect(receive(head: "HTTP/1.1 200 OK\n", into: &state))
        #expect(receive(body: [1], into: &state) == true)
        state.finish(TransportError(.connectionLost, ""))
        state.finish(nil)
        #expect(bytes(state.stepToBody(at: 0)) == [1])
        #expect(code(state.stepToBody(at: 0)) == .connectionLost)
    }

    @Test
    func `A cancelled transfer hands nothing over, and one that has been read stays as it ended`() {
        var state = begin()
        #expect(receive(head: "HTTP/1.1 200 OK\n", into: &state))
        #expect(receive(body: [1], into: &state) == true)
        state.cancel()
        #expect(state.takeOrders() == .remove && code(state.stepToBody(at: 0)) == .cancelled)
        state = begin()
        #expect(receive(head: "HTTP/1.1 200 OK\n", into: &state))
        state.finish(nil)
        state.cancel()
        #expect(code(state.stepToBody(at: 0)) == .cancelled && !state.hasOrders)
        state = begin()
        #expect(receive(head: "HTTP/1.1 200 OK\n", into: &state))
        state.finish(nil)
        #expect(bytes(state.stepToBody(at: 0)) == [UInt8]?.none)
        state.cancel()
        #expect(code(state.stepToBody(at: 0)) == nil)
    }

    @Test
    func `A refusal ends the upload, and libcurl is let see the response's end`() {
        var state = begin(UploadBuffer(length: nil, limit: 4))
        var room = [UInt8](repeating: 0, count: 8)
        #expect(room.withUnsafeMutableBytes { state.read(into: $0, at: 0) } == .pause)
        #expect(state.upload.isWanted)
        #expect(receive(head: "HTTP/1.1 413 Large\n", into: &state) && !state.upload.isWanted)
        // It does not look at the connection while it waits for a piece, and is let ask now and then.
        let due = state.deadline(.max)
        #expect(due == 100_000_000 && state.elapse(.max, at: due ?? 0) == .actions && state.takeOrders() == .unpause)
    }

    @Test
    func `An end without a head is not an answer`() {
        var state = begin()
        state.finish(nil)
        guard case .failure(let error) = state.stepToHead() else {
            Issue.record("There is a head.")
            return
        }
        #expect(error.code == .connectionLost && state.isReady(for: .head))
    }
}
