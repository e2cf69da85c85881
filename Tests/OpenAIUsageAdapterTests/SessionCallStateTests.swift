import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What is decided about a call of URLSession, for both kinds of systems.
struct SessionCallStateTests {
    private static let url = URL(fileURLWithPath: "/")
    private static let head = URLResponse(url: url, mimeType: nil, expectedContentLength: -1, textEncodingName: nil)

    @Test
    func `A task is suspended when too much waits, and resumed when half of it is gone`() {
        var state = SessionCallState(limit: 10, overflow: .suspend)
        state.receive(Self.head)
        #expect(state.receive(Data(count: 10)) == .nothing)
        #expect(state.receive(Data(count: 1)) == .suspend)
        // What was under way comes all the same.
        #expect(state.receive(Data(count: 4)) == .nothing)
        #expect(state.stepToBody().order == .resume)
        #expect(state.stepToBody().order == .nothing)
        #expect(state.receive(Data(count: 7)) == .suspend)
    }

    @Test
    func `Where a task cannot be suspended too much ends the call`() {
        var state = SessionCallState(limit: 10, overflow: .fail)
        state.receive(Self.head)
        #expect(state.receive(Data(count: 10)) == .nothing)
        #expect(state.receive(Data(count: 1)) == .cancel)
        #expect(state.receive(Data(count: 1)) == .nothing)
        guard case .failure(let error) = state.stepToBody().step else {
            Issue.record("There is no error.")
            return
        }
        #expect((error as? TransportError)?.code == .bodyTooLarge)
    }

    @Test
    func `What had come before an error is read first`() {
        var state = SessionCallState(limit: 10)
        state.receive(Self.head)
        _ = state.receive(Data([1]))
        state.complete(URLError(.networkConnectionLost), nil)
        guard case .value(let piece) = state.stepToBody().step, case .failure = state.stepToBody().step else {
            Issue.record("There is no piece before the error.")
            return
        }
        #expect(piece == Data([1]))
    }

    @Test
    func `A call that the caller ends hears nothing more`() {
        var state = SessionCallState(limit: 10)
        #expect(!state.has(.head))
        let wasOpen = state.cancel()
        #expect(wasOpen)
        #expect(state.has(.head) && state.has(.body))
        state.receive(Self.head)
        let order = state.receive(Data([1]))
        let isOpen = state.cancel()
        #expect(order == .nothing && !state.isHeadReceived && !isOpen)
        guard case .failure(let error) = state.stepToHead() else {
            Issue.record("There is no error.")
            return
        }
        #expect((error as? URLError)?.code == .cancelled)
    }

    @Test
    func `A head that was not told before the end is in the task`() {
        var state = SessionCallState(limit: 10)
        state.complete(nil, Self.head)
        guard case .value = state.stepToHead(), case .value(nil) = state.stepToBody().step else {
            Issue.record("There is no response.")
            return
        }
        var none = SessionCallState(limit: 10)
        none.complete(nil, nil)
        guard case .failure = none.stepToHead() else {
            Issue.record("There is no error.")
            return
        }
    }
}
