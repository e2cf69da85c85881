import NIOCore
import Testing

@testable import OpenAIUsageService

struct ConnectionDeadlineTests {
    private static func at(_ seconds: Int64) -> NIODeadline {
        NIODeadline.uptimeNanoseconds(1_000_000_000) + TimeAmount.seconds(seconds)
    }

    @Test
    func `A head has ten seconds, the next request longer, and a response being prepared any time`() {
        var deadline = ConnectionDeadline(ConnectionLimits(), now: Self.at(0))
        #expect(deadline.time == Self.at(10))
        deadline.requestBegan(at: Self.at(1))
        #expect(deadline.time == nil)
        deadline.writeBegan(at: Self.at(2))
        deadline.responseEnded(at: Self.at(2))
        #expect(deadline.time == Self.at(62))
        deadline.writeEnded(at: Self.at(30))
        #expect(deadline.time == Self.at(105))
        deadline.outputClosed(at: Self.at(40))
        #expect(deadline.time == Self.at(45))
        deadline.requestBegan(at: Self.at(41))
        #expect(deadline.time == Self.at(45))
    }

    @Test
    func `Each accepted write restarts the timeout of those that wait`() {
        var deadline = ConnectionDeadline(ConnectionLimits(), now: Self.at(0))
        deadline.requestBegan(at: Self.at(0))
        deadline.writeBegan(at: Self.at(0))
        deadline.writeBegan(at: Self.at(50))
        #expect(deadline.time == Self.at(60))
        deadline.writeEnded(at: Self.at(55))
        #expect(deadline.time == Self.at(115))
        deadline.writeEnded(at: Self.at(56))
        #expect(deadline.time == nil)
    }

    @Test
    func `A full room gives the place of the longest idle connection away, never one that is served`() {
        var room = ConnectionRoom<Int>(limit: 2)
        #expect(room.enter(1, at: Self.at(0)) == nil)
        #expect(room.enter(2, at: Self.at(1)) == nil)
        room.note(1, idleSince: nil)
        #expect(room.enter(3, at: Self.at(2)) == 2)
        room.note(3, idleSince: nil)
        #expect(room.enter(4, at: Self.at(3)) == 4)
        #expect(room.count == 2)
        room.note(1, idleSince: Self.at(4))
        #expect(room.enter(5, at: Self.at(5)) == 1)
        room.leave(3)
        room.leave(2)
        #expect(room.enter(6, at: Self.at(6)) == nil && room.count == 2)
    }
}
