import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

@Suite
struct AnswerTextTests {
    private func string(_ text: AnswerText, _ range: Range<Int>) -> String {
        var buffer = ByteBuffer()
        text.write(range, to: &buffer)
        return String(buffer: buffer)
    }

    private func whole(_ text: AnswerText) -> String {
        string(text, 0..<text.byteCount)
    }

    @Test
    func words() {
        for seed in 0..<50 as Range<UInt64> {
            let text = AnswerText(hash: StableHash(seed: seed))
            let words = whole(text).split(separator: " ")
            #expect((4...12).contains(words.count))
            #expect(text.pieceCount == words.count)
            #expect(text.byteCount == whole(text).utf8.count)
            #expect(text.tokenCount == (text.byteCount + 3) / 4)
        }
    }

    @Test(arguments: [1, 5, 300])
    func aNumberOfWords(count: Int) {
        let text = AnswerText(hash: StableHash(seed: 4), words: count)
        #expect(text.pieceCount == count)
        #expect(whole(text).split(separator: " ").count == count)
        #expect((0..<count).map { string(text, text.piece($0)) }.joined() == whole(text))
    }

    @Test
    func someWordsAreNotASCII() {
        let text = whole(AnswerText(hash: StableHash(seed: 4), words: 1000))
        #expect(text.utf8.contains { $0 >= 0x80 })
        #expect(text.contains("🌊"))
    }

    @Test
    func piecesOfASize() {
        let seed: UInt64 = 12
        var random = SplitMix64(seed: seed)
        for round in 0..<200 {
            let byteCount = Int.random(in: 0...60_000, using: &random)
            let pieces = Bool.random(using: &random) ? Int.random(in: 1...500, using: &random) : nil
            let text = AnswerText(hash: StableHash(seed: UInt64(round)), byteCount: byteCount, pieces: pieces)
            #expect(text.byteCount == byteCount)
            if let pieces { #expect(text.pieceCount == pieces, "seed \(seed), round \(round)") }
            var position = 0
            var sizes: Set<Int> = []
            for index in 0..<text.pieceCount {
                let piece = text.piece(index)
                #expect(piece.lowerBound == position)
                position = piece.upperBound
                sizes.insert(piece.count)
            }
            #expect(position == byteCount, "seed \(seed), round \(round)")
            #expect(sizes.count <= 2)
        }
    }

    @Test
    func anyRangeIsAPartOfTheWhole() {
        let seed: UInt64 = 13
        var random = SplitMix64(seed: seed)
        let text = AnswerText(hash: StableHash(seed: 8), byteCount: 70_000, pieces: nil)
        var buffer = ByteBuffer()
        text.write(0..<70_000, to: &buffer)
        let bytes = Array(buffer.readableBytesView)
        #expect(bytes.allSatisfy { $0 == 0x20 || ($0 >= 0x61 && $0 <= 0x7A) })
        for round in 0..<100 {
            let start = Int.random(in: 0...70_000, using: &random)
            let end = Int.random(in: start...70_000, using: &random)
            var part = ByteBuffer()
            text.write(start..<end, to: &part)
            #expect(Array(part.readableBytesView) == Array(bytes[start..<end]), "seed \(seed), round \(round)")
        }
    }

    @Test
    func theSizeOfPiecesSuitsTheText() {
        func pieces(_ byteCount: Int) -> Int {
            AnswerText(hash: StableHash(seed: 1), byteCount: byteCount, pieces: nil).pieceCount
        }
        #expect(pieces(0) == 1)
        #expect(pieces(1) == 1)
        #expect(pieces(17) == 2)
        #expect(pieces(4096) == 256)
        #expect(pieces(1_000_000) == 256)
        #expect(pieces(100_000_000) == 6104)
    }

    @Test
    func noText() {
        #expect(AnswerText.empty.byteCount == 0)
        #expect(AnswerText.empty.tokenCount == 0)
        #expect(whole(.empty) == "")
    }
}
