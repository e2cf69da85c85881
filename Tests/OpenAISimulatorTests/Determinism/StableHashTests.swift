import OpenAIUsageTestSupport
import Testing

@testable import OpenAISimulator

@Suite
struct StableHashTests {
    @Test
    func valuesThatMustNeverChange() {
        // SplitMix64 with seed 0 starts with this number.
        #expect(StableHash.mix(0x9e37_79b9_7f4a_7c15) == 0xe220_a839_7b1d_cdaf)
        #expect(StableHash(seed: 0).value == 0xe220_a839_7b1d_cdaf)
        var hash = StableHash(seed: 1)
        hash.combine("The same text")
        let value = hash.value
        var again = StableHash(seed: 1)
        again.combine("The same text")
        #expect(again.value == value)
    }

    @Test
    func everythingCounts() {
        var values: Set<UInt64> = []
        var count = 0
        for seed in 0..<5 as Range<UInt64> {
            for text in ["", "a", "b", "ab", "ba", "12345678", "123456789", "12345678\0", "é", "e\u{301}"] {
                var hash = StableHash(seed: seed)
                hash.combine(text)
                values.insert(hash.value)
                hash.combine(0)
                values.insert(hash.value)
                count += 2
            }
        }
        #expect(values.count == count)
    }

    @Test
    func textsAreNotJoined() {
        var first = StableHash(seed: 0)
        first.combine("ab")
        first.combine("c")
        var second = StableHash(seed: 0)
        second.combine("a")
        second.combine("bc")
        #expect(first.value != second.value)
    }

    @Test
    func derivedNumbersDiffer() {
        let hash = StableHash(seed: 9)
        #expect(Set((0..<1000).map { hash.derived($0) }).count == 1000)
    }

    @Test
    func hexadecimalText() {
        #expect(HexText.make([0x0123_4567_89ab_cdef], count: 16) == "0123456789abcdef")
        #expect(HexText.make([0x0123_4567_89ab_cdef, 0xff00_0000_0000_0000], count: 18) == "0123456789abcdefff")
        #expect(HexText.make([0xabcd_ef00_0000_0000], count: 5) == "abcde")
        #expect(HexText.make([1], count: 0) == "")
    }
}
