import NIOCore
import NIOHTTP1
import Testing

@testable import OpenAIUsageGateway

struct ReleaseGateTests {
    private func part(_ text: String) -> HTTPServerResponsePart { .body(.byteBuffer(ByteBuffer(string: text))) }

    @Test func anOpenGateTakesNothing() {
        var gate = ReleaseGate()
        #expect(!gate.isHolding)
        let isTaken = gate.take(part("a"))
        #expect(!isTaken)
        #expect(gate.held.isEmpty)
        #expect(gate.release(gate.generation) == nil)
    }

    @Test func heldPartsLeaveTogetherAndInOrder() {
        var gate = ReleaseGate()
        gate.hold()
        for text in ["a", "b"] {
            let isTaken = gate.take(part(text))
            #expect(isTaken)
        }
        let isEndTaken = gate.take(.end(nil))
        #expect(isEndTaken)
        let generation = gate.pend()
        #expect(gate.isPending)
        #expect(gate.release(generation) == [part("a"), part("b"), .end(nil)])
        #expect(!gate.isHolding)
        #expect(!gate.isPending)
        #expect(gate.held.isEmpty)
    }

    @Test func aReleaseHappensOnce() {
        var gate = ReleaseGate()
        gate.hold()
        _ = gate.take(part("a"))
        let generation = gate.pend()
        #expect(gate.release(generation) == [part("a")])
        #expect(gate.release(generation) == nil)
    }

    @Test func aLateWordAboutOneHoldingDoesNotOpenTheNext() {
        var gate = ReleaseGate()
        gate.hold()
        let first = gate.pend()
        #expect(gate.release(first) == [])
        gate.hold()
        _ = gate.take(part("b"))
        let second = gate.pend()
        #expect(first != second)
        #expect(gate.release(first) == nil)
        #expect(gate.isHolding)
        #expect(gate.release(second) == [part("b")])
    }

    /// The end of a response may come while the event before it still waits; only the later record covers both.
    @Test func aWordAboutAnEarlierRecordDoesNotReleaseWhatCameAfterIt() {
        var gate = ReleaseGate()
        gate.hold()
        _ = gate.take(part("[DONE]"))
        let interim = gate.pend()
        gate.hold()
        _ = gate.take(.end(nil))
        let final = gate.pend()
        #expect(gate.release(interim) == nil)
        #expect(gate.release(final) == [part("[DONE]"), .end(nil)])
    }

    @Test func holdingTwiceIsHoldingOnce() {
        var gate = ReleaseGate()
        gate.hold()
        _ = gate.take(part("a"))
        let generation = gate.pend()
        gate.hold()
        #expect(gate.isPending)
        #expect(gate.generation == generation)
        #expect(gate.release(generation) == [part("a")])
    }
}
