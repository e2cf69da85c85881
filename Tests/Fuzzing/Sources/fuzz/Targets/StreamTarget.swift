import NIOCore

@testable import OpenAIUsageGateway

/// A call ends with one record and leaves nothing behind, whatever the input lets happen to it.
enum StreamTarget: FuzzTarget {
    static let name = "stream"

    /// Numbers that come from the input, and from its hash when it is used up.
    private struct InputNumbers: RandomNumberGenerator {
        private let bytes: [UInt8]
        private var position = 0
        private var rest: SplitMix64

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            rest = SplitMix64(seed: Cuts.hash(bytes))
        }

        mutating func next() -> UInt64 {
            guard position < bytes.count else { return rest.next() }
            defer { position += 1 }
            // A number below a bound is told by the upper bits, so that one byte decides it.
            return UInt64(bytes[position]) << 56 | 0x80_0000_0000_0000
        }
    }

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        (0..<UInt64(64)).map { seed in
            var random = SplitMix64(seed: seed)
            return (0..<256).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    static func test(_ bytes: [UInt8]) {
        guard var walk = StreamWalk(InputNumbers(bytes)) else { return }
        walk.run()
        guard !walk.shell.violations.isEmpty, var again = StreamWalk(InputNumbers(bytes), traces: true) else { return }
        again.run()
        fatalError("\(again.shell.violations)\n\(again.shell.trace.joined(separator: "\n"))")
    }
}
