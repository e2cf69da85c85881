import NIOCore

/// The text of an answer, computed on demand and divided into the pieces of a stream.
///
/// It contains nothing that JSON must escape, so that its bytes can be copied into a string. A short text consists of words,
/// some of them not ASCII; a text of a given size repeats a block, and takes no memory.
struct AnswerText: Sendable {
    private enum Content: Sendable {
        /// The bytes, and the end of each piece.
        case words([UInt8], ends: [Int])
        /// A repeated block, from the offset `start`, in pieces of almost the same size.
        case repetition(start: Int, pieceCount: Int)
    }

    /// The number of UTF-8 bytes.
    let byteCount: Int
    private let content: Content

    /// The number of pieces in a stream.
    var pieceCount: Int {
        switch content {
        case .words(_, let ends): ends.count
        case .repetition(_, let pieceCount): pieceCount
        }
    }

    /// The number of tokens: one for every four bytes, rounded up.
    var tokenCount: Int {
        (byteCount + 3) / 4
    }

    /// Creates a text of `words` words, by default 4 to 12, that depends only on `hash`.
    init(hash: StableHash, words: Int? = nil) {
        let count = words ?? 4 + Int(hash.derived(0) % 9)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 8)
        var ends: [Int] = []
        ends.reserveCapacity(count)
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            let word = AnswerText.words[Int(hash.derived(UInt64(index) + 1) % UInt64(AnswerText.words.count))]
            bytes.append(contentsOf: word.utf8)
            ends.append(bytes.count)
        }
        byteCount = bytes.count
        content = .words(bytes, ends: ends)
    }

    /// The empty text.
    static let empty = AnswerText(hash: StableHash(seed: 0), byteCount: 0, pieces: 1)

    /// Creates a text of exactly `byteCount` ASCII bytes, in `pieces` pieces or as many as suit its size.
    init(hash: StableHash, byteCount: Int, pieces: Int?) {
        self.byteCount = byteCount
        let suitable = max(min(256, (byteCount + 15) / 16), (byteCount + 16_383) / 16_384)
        content = .repetition(
            start: Int(hash.derived(0) % UInt64(AnswerText.block.count)),
            pieceCount: max(1, pieces ?? suitable)
        )
    }

    /// Returns the range of bytes of a piece.
    func piece(_ index: Int) -> Range<Int> {
        switch content {
        case .words(_, let ends):
            return (index == 0 ? 0 : ends[index - 1])..<ends[index]
        case .repetition(_, let pieceCount):
            let (size, rest) = byteCount.quotientAndRemainder(dividingBy: pieceCount)
            let start = index * size + min(index, rest)
            return start..<start + size + (index < rest ? 1 : 0)
        }
    }

    /// Appends a range of the text's bytes.
    func write(_ range: Range<Int>, to buffer: inout ByteBuffer) {
        switch content {
        case .words(let bytes, _):
            buffer.writeBytes(bytes[range])
        case .repetition(let start, _):
            var position = range.lowerBound
            while position < range.upperBound {
                let offset = (start + position) % AnswerText.block.count
                let count = min(AnswerText.block.count - offset, range.upperBound - position)
                buffer.writeBytes(AnswerText.block[offset..<offset + count])
                position += count
            }
        }
    }

    private static let words = [
        "amber", "bridge", "café", "delta", "ember", "forest", "garden", "harbour", "island", "journey", "kernel",
        "lantern", "meadow", "naïve", "orchard", "pebble", "quartz", "river", "signal", "timber", "ünder", "valley",
        "window", "yellow", "zenith", "数据", "мост", "🌊",
    ]

    /// About 16 KiB of ASCII words, so that a large text is copied in large steps.
    private static let block: [UInt8] = {
        let hash = StableHash(seed: 0x5eed)
        let plain = words.filter { word in word.utf8.allSatisfy { $0 < 0x80 } }
        var bytes: [UInt8] = []
        var index: UInt64 = 0
        while bytes.count < 16_384 {
            bytes.append(contentsOf: plain[Int(hash.derived(index) % UInt64(plain.count))].utf8)
            bytes.append(UInt8(ascii: " "))
            index += 1
        }
        return bytes
    }()
}
