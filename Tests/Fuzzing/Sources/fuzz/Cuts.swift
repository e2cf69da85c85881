/// Where an input is cut: at every byte, and a few times at random, the same each time for the same input.
enum Cuts {
    /// The longest input that is cut at every byte.
    private static let maximumSingleLength = 1_024

    static func of(_ bytes: [UInt8], numbers: [Int] = [1, 3, 12]) -> [[Int]] {
        var random = SplitMix64(seed: hash(bytes))
        var cuts = bytes.count <= maximumSingleLength ? [Array(0..<bytes.count)] : []
        for number in numbers {
            cuts.append((0..<number).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted())
        }
        return cuts
    }

    static func pieces(of bytes: [UInt8], _ cuts: [Int], _ receive: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        for cut in cuts + [bytes.count] where cut > start {
            // A copy, so that the address sanitizer knows where the piece ends.
            Array(bytes[start..<cut]).withUnsafeBufferPointer(receive)
            start = cut
        }
    }

    static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
