import NIOCore
import Testing

@testable import OpenAIUsageGateway

struct CommitBarrierTests {
    private func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    @Test func aBarrierThatIsNotArmedKeepsNothing() {
        var barrier = CommitBarrier()
        #expect(!barrier.isArmed)
        let (isKept, isEndKept) = (barrier.buffer(bytes("a")), barrier.bufferEnd())
        #expect(!isKept && !isEndKept)
        #expect(barrier.release(barrier.generation) == nil)
    }

    @Test func whatIsKeptLeavesTogetherInOrderAndOnce() throws {
        var barrier = CommitBarrier()
        barrier.arm()
        for text in ["a", "b"] {
            let isKept = barrier.buffer(bytes(text))
            #expect(isKept)
        }
        let isEndKept = barrier.bufferEnd()
        #expect(isEndKept)
        #expect(barrier.release(barrier.generation) == nil, "nobody was asked")
        let generation = barrier.await()
        #expect(barrier.isAwaited)
        let release = barrier.release(generation)
        let released = try #require(release)
        #expect(released.buffers.text == "ab" && released.isEnd)
        #expect(!barrier.isArmed && !barrier.isAwaited)
        #expect(barrier.release(generation) == nil)
    }

    @Test func aLateWordAboutOneArmingDoesNotReleaseTheNext() throws {
        var barrier = CommitBarrier()
        barrier.arm()
        let first = barrier.await()
        #expect(barrier.release(first)?.buffers.isEmpty == true)
        barrier.arm()
        _ = barrier.buffer(bytes("b"))
        let second = barrier.await()
        #expect(first != second && barrier.release(first) == nil && barrier.isArmed)
        #expect(barrier.release(second)?.buffers.text == "b")
    }

    /// The end of a response may come while the event before it still waits; only the later record covers both.
    @Test func aWordAboutAnEarlierRecordDoesNotReleaseWhatCameAfterIt() throws {
        var barrier = CommitBarrier()
        barrier.arm()
        _ = barrier.buffer(bytes("[DONE]"))
        let interim = barrier.await()
        barrier.arm()
        _ = barrier.bufferEnd()
        let final = barrier.await()
        #expect(barrier.release(interim) == nil)
        let release = barrier.release(final)
        let released = try #require(release)
        #expect(released.buffers.text == "[DONE]" && released.isEnd)
    }
}
