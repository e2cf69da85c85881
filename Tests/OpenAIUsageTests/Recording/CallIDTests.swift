import Dispatch
import OpenAIUsage
import OpenAIUsageTestSupport
import Synchronization
import Testing

struct CallIDTests {
    @Test(arguments: [0, 1, 15, 16, 255, 1 << 40, 0x3307_6dfe_171a_0000, Int64.max])
    func `The text has 16 digits and reads back`(rawValue: Int64) {
        let id = CallID(rawValue: rawValue)
        #expect(id.description.utf8.count == 16)
        #expect(CallID(id.description) == id)
        #expect(CallID(id.description.uppercased()) == id)
        #expect(CallID(id.description[...]) == id)
    }

    @Test(arguments: [
        "", "0", "000000000000000", "00000000000000000", "000000000000000g", "+000000000000001", "-000000000000001",
        " 00000000000001", "0x00000000000001", "8000000000000000", "ffffffffffffffff", "0000 00000000000",
        "00000000000000\u{e9}",
        "\u{ff10}0000000000000", "0000000000000.0", "00000000-0000000",
    ])
    func `Junk is not an identity`(text: String) {
        #expect(CallID(text) == nil)
    }

    @Test
    func `Identities and their texts are in the same order`() {
        let seed: UInt64 = 0x1d
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let left = CallID(rawValue: Int64(random.next() >> UInt64.random(in: 1..<63, using: &random)))
            let right = CallID(rawValue: Int64(random.next() >> UInt64.random(in: 1..<63, using: &random)))
            #expect((left < right) == (left.description < right.description), "seed \(seed)")
            #expect((left < right) == (left.rawValue < right.rawValue))
            #expect(CallID(left.description) == left)
        }
    }

    @Test
    func `Identities grow with time and within a microsecond`() {
        let generator = CallIDGenerator()
        let first = generator.next(at: 1_795_424_101_000_000)
        #expect(first.rawValue >> 11 == 1_795_424_101_000_000)
        let second = generator.next(at: 1_795_424_101_000_000)
        let third = generator.next(at: 1_795_424_101_000_001)
        #expect(first < second && second < third)
        #expect(third.rawValue >> 11 == 1_795_424_101_000_001)
        // A clock that goes back does not take the identities with it.
        let fourth = generator.next(at: 1_795_424_100_000_000)
        #expect(third < fourth)
        #expect(fourth < generator.next(at: 0))
    }

    @Test
    func `Identities go on after the newest of an earlier process`() {
        let newest = CallID(rawValue: 1_795_424_101_000_000 << 11)
        let generator = CallIDGenerator(after: newest)
        #expect(newest < generator.next(at: 1_795_424_100_000_000))
        #expect(generator.next(at: 1_795_424_102_000_000).rawValue >> 11 == 1_795_424_102_000_000)
    }

    @Test
    func `Threads never get the same identity`() {
        let generator = CallIDGenerator()
        let all = Mutex<[CallID]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            var own: [CallID] = []
            for number in 0..<5_000 {
                own.append(generator.next(at: 1_795_424_101_000_000 + Int64(number / (thread + 1))))
            }
            #expect(zip(own, own.dropFirst()).allSatisfy { $0 < $1 })
            all.withLock { $0 += own }
        }
        #expect(Set(all.withLock { $0 }).count == 40_000)
    }
}
