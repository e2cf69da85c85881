import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Parts of the file format")
struct FormatTests {
    /// A change of them would hide every identity that is in an index.
    @Test(
        "Hashes of identities never change",
        arguments: [
            ("", 0xafbe_16d1_f15d_a2ab),
            ("a", 0x938b_689f_16f0_8a99),
            ("foobar", 0x21c1_30b4_edf7_36a6),
            ("req_972e90b8f51596b55d43bf6d78b53f13", 0x6363_254b_bd51_5d5d),
            ("chatcmpl-é8byte", 0xe405_79e0_6962_e666),
        ] as [(String, UInt64)]
    )
    func hashes(text: String, computed: UInt64) {
        // By a few lines of Python after the type's documentation.
        #expect(IdentityHash.hash(text) == computed)
    }

    @Test("Columns are bound in the order in which they are named")
    func columns() {
        #expect(Set(RowFormat.columns).count == RowFormat.columns.count)
        #expect(RowFormat.columns.first == "id" && RowFormat.columns.last == "extra")
        #expect(RowFormat.insert.contains("?\(RowFormat.columns.count))"))
        #expect(RowFormat.update.hasSuffix(" WHERE id = ?1") && !RowFormat.update.contains("SET id"))
    }

    @Test("Rate limits keep their order and what is unknown")
    func rateLimits() {
        var limits = RateLimits()
        limits["tokens"] = RateLimits.Window(limit: 1, remaining: nil, resetMicroseconds: .max)
        limits["project-\"x\""] = RateLimits.Window()
        limits["requests"] = RateLimits.Window(limit: 0, remaining: -4, resetMicroseconds: 6_000)
        let text = RateLimitText.text(of: limits)
        #expect(
            text == #"{"tokens":[1,null,9223372036854775807],"project-\"x\"":[null,null,null],"requests":[0,-4,6000]}"#
        )
        #expect(RateLimitText.limits(text) == limits)
        #expect(RateLimitText.limits("{}") == RateLimits())
        #expect(RateLimitText.limits("nonsense") == RateLimits())
        #expect(RateLimitText.limits(#"{"a":[1,2],"b":[1,2,3]}"#).windows.map(\.resource) == ["b"])
    }

    @Test("Rate limits are read alike in either way", arguments: 1...10 as ClosedRange<UInt64>)
    func rateLimitReaders(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var limits = RateLimits()
            for name in ["requests", "tokens", "müll"].prefix(Int.random(in: 0...3, using: &generator)) {
                func number() -> Int64? {
                    let most: Int64 = 1 << Int64.random(in: 1...62, using: &generator)
                    return generator.chance(20) ? nil : Int64.random(in: 0...most, using: &generator)
                }
                limits[name] = RateLimits.Window(limit: number(), remaining: number(), resetMicroseconds: number())
            }
            let text = RateLimitText.text(of: limits)
            #expect(RateLimitText.limits(text) == limits, "seed \(seed): \(text)")
            // A blank is not of the form that is written.
            #expect(RateLimitText.limits(text.replacing(":[", with: ": [")) == limits, "seed \(seed): \(text)")
        }
    }

    @Test(
        "Fingerprints are read from what is stored of them",
        arguments: [
            ("sk-...1234 #5f2c9a112233", "sk-...1234", 0x5f2c_9a11_2233), ("# x #000000000000", "# x", 0),
            (" #ffffffffffffffff", "", UInt64.max),
        ] as [(String, String, UInt64)]
    )
    func fingerprints(text: String, hint: String, digest: UInt64) {
        #expect(KeyFingerprint(stored: text) == KeyFingerprint(hint: hint, digest: digest))
    }

    @Test("What is not a fingerprint is none", arguments: ["", "sk-...1234", "sk #", "sk #xyz"])
    func noFingerprints(text: String) {
        #expect(KeyFingerprint(stored: text) == nil)
    }

    @Test("Objects are read member by member, each value as it stands")
    func members() throws {
        let members = try #require(
            CompactJSON.members(of: #" { "a" : [1, {"b": 2}] , "\u0041\n" : "x\"y" , "" : -1.50e3 } "#)
        )
        #expect(members.map(\.key) == ["a", "A\n", ""])
        #expect(members.map(\.literal) == [#"[1,{"b":2}]"#, #""x\"y""#, "-1.50e3"])
        #expect(CompactJSON.members(of: "{}")?.isEmpty == true)
        for text in ["", "[]", "{", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{\"a\":1} x", "{\"a\":1}}"] {
            #expect(CompactJSON.members(of: text) == nil, "\(text)")
        }
    }

    @Test(
        "Escapes of every kind are understood",
        arguments: [
            (#"\"\\\/"#, "\"\\/"), (#"\b\f\n\r\t"#, "\u{8}\u{c}\n\r\t"), (#"\u00e9"#, "é"), (#"\ud83d\ude00"#, "😀"),
            (#"é😀"#, "é😀"), (#"\u0000"#, "\0"), (#"a\ud83db"#, "a\u{fffd}b"),
        ]
    )
    func escapes(escaped: String, plain: String) {
        var parser = JSONCompactor("\"\(escaped)\"")
        #expect(parser.string() == plain)
    }

    @Test("Whatever is written as JSON is read back", arguments: [1, 2, 3] as [UInt64])
    func writtenAndRead(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let scalars = (0..<Int.random(in: 0..<12, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0..<(generator.chance(50) ? 0x90 : 0x11_0000), using: &generator))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            var json = JSONWriter()
            json.string(text)
            var parser = JSONCompactor(json.text)
            #expect(parser.string() == text, "seed \(seed)")
            #expect(CompactJSON.compacted(json.text) == json.text, "seed \(seed)")
            #expect(json.bytes.allSatisfy { $0 >= 0x20 }, "seed \(seed)")
        }
    }

    @Test(
        "Integers are written with all their digits",
        arguments: [
            0, 1, 9, 10, 12_345, -1, Int128(Int64.max), Int128(Int64.min), .max, .min,
        ] as [Int128]
    )
    func integers(value: Int128) {
        var json = JSONWriter()
        json.beginArray()
        json.integer(value)
        json.integer(nil as Int?)
        json.endArray()
        #expect(json.text == "[\(value),null]")
        json.clear()
        json.integer(7)
        #expect(json.text == "7")
    }
}
