import Testing

@testable import OpenAIUsagePricing

struct ContentHashTests {
    /// The published test vectors of FNV-1a with 64 bits.
    @Test(
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("b", 0xaf63_df4c_8601_f1a5),
            ("foobar", 0x8594_4171_f739_67e8),
        ] as [(String, UInt64)]
    )
    func isFNV1a(text: String, hash: UInt64) {
        #expect(ContentHash.value(of: text) == hash)
    }

    @Test func hasSixteenDigits() {
        #expect(ContentHash.text(0) == "0000000000000000")
        #expect(ContentHash.text(0xabc) == "0000000000000abc")
        #expect(ContentHash.text(UInt64.max) == "ffffffffffffffff")
    }
}
