import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

/// The bytes of a request's body between their source and libcurl.
struct UploadBufferTests {
    /// What libcurl gets when it asks for so many bytes.
    private func read(_ count: Int, from buffer: inout UploadBuffer) -> (portion: UploadBuffer.Portion, bytes: [UInt8])
    {
        var bytes = [UInt8](repeating: 0, count: count)
        let portion = bytes.withUnsafeMutableBytes { buffer.read(into: $0) }
        if case .bytes(let count) = portion { return (portion, Array(bytes.prefix(count))) }
        return (portion, [])
    }

    @Test(arguments: UInt64(0)..<200)
    func `Whatever the pieces and the reads are, the bytes are those of the source`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let length = Int.random(in: 0...5_000, using: &generator)
        let limit = Int.random(in: 1...2_000, using: &generator)
        let isLengthKnown = Bool.random(using: &generator)
        let body = Pattern.bytes(length)
        var buffer = UploadBuffer(length: isLengthKnown ? length : nil, limit: limit)
        var supplied = 0
        var received: [UInt8] = []
        var isEnded = false
        while true {
            // The connection turns out to be closed now and then.
            if Int.random(in: 0..<20, using: &generator) == 0, buffer.rewind() { received = [] }
            let (portion, bytes) = read(Int.random(in: 1...900, using: &generator), from: &buffer)
            received += bytes
            switch portion {
            case .bytes: continue
            case .end:
                #expect(received == body && isEnded && buffer.isSent, "seed \(seed)")
                return
            case .pause:
                #expect(buffer.isStarved && buffer.isWanted && !isEnded, "seed \(seed)")
                buffer.startPull()
                #expect(!buffer.isWanted)
                let count = min(Int.random(in: 0...700, using: &generator), length - supplied)
                if supplied == length {
                    let problem = buffer.end()
                    #expect(problem == nil)
                    isEnded = true
                } else {
                    let problem = buffer.receive(body[supplied..<supplied + count])
                    #expect(problem == nil)
                    supplied += count
                }
                if buffer.isReady { buffer.unpause() }
            }
        }
    }

    @Test
    func `What was sent is kept up to the limit, and no longer`() {
        var buffer = UploadBuffer(length: nil, limit: 10)
        _ = read(4, from: &buffer)
        _ = buffer.receive([1, 2, 3, 4, 5, 6])
        _ = buffer.receive([7, 8, 9, 10])
        #expect(!buffer.isWanted)
        #expect(read(9, from: &buffer).bytes == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        let rewinds = buffer.rewind()
        #expect(rewinds)
        #expect(read(10, from: &buffer).bytes == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        _ = buffer.receive([11])
        #expect(read(10, from: &buffer).bytes == [11])
        let rewindsAgain = buffer.rewind()
        #expect(!rewindsAgain)
    }

    @Test
    func `A source that gives too much or too little is found out`() {
        var buffer = UploadBuffer(length: 3, limit: 10)
        let problems = [buffer.receive([1, 2]), buffer.receive([3, 4])]
        #expect(problems[0] == nil && problems[1]?.contains("longer") == true)
        buffer = UploadBuffer(length: 3, limit: 10)
        let others = [buffer.receive([1, 2]), buffer.end()]
        #expect(others[0] == nil && others[1]?.contains("ended after 2") == true)
        buffer = UploadBuffer(length: 0, limit: 10)
        let end = buffer.end()
        #expect(end == nil)
    }

    @Test
    func `An upload that is given up sends nothing more, and takes nothing`() {
        var buffer = UploadBuffer(Pattern.bytes(100))
        #expect(read(10, from: &buffer).bytes == Pattern.bytes(10))
        buffer.giveUp()
        let rewinds = buffer.rewind()
        #expect(read(10, from: &buffer).portion == .pause && !buffer.isReady && !buffer.isWanted && !rewinds)
        let problem = buffer.receive([1])
        #expect(problem == nil && !buffer.isReady)
    }
}
