import OpenAIUsage
import Testing

struct KeyFingerprinterTests {
    static let fingerprinter = KeyFingerprinter(secret: "pepper".bytes)

    static let keys: [(key: String, hint: String)] = [
        ("sk-proj-0123456789abcdefWXYZ", "sk-proj-...WXYZ"), ("sk-0123456789abcdefWXYZ", "sk-...WXYZ"),
        ("sk-svcacct-0123456789WXYZ", "sk-svcacct-...WXYZ"), ("sk-admin-0123456789WXYZ", "sk-admin-...WXYZ"),
        ("sk-ant-api03-0123456789WXYZ", "sk-ant-...WXYZ"), ("sk-or-v1-0123456789WXYZ", "sk-or-...WXYZ"),
        ("ek_0123456789abcdefWXYZ", "ek_...WXYZ"), ("0123456789abcdef", "...cdef"), ("SK-PROJ-0123456789", "...6789"),
        // Less than 16 characters show nothing.
        ("sk-proj-1234567", "..."), ("0123456789abcde", "..."), ("x", "..."), ("", "..."),
    ]

    @Test(arguments: keys)
    func `A hint shows the public prefix and four characters`(key: String, hint: String) {
        let fingerprint = Self.fingerprinter.fingerprint(of: key)
        #expect(fingerprint.hint == hint)
        #expect(fingerprint.description.hasPrefix("\(hint) #"))
        #expect(fingerprint.description.utf8.count == hint.utf8.count + 8)
        if key.count > 4 { #expect(!String(reflecting: fingerprint).contains(key)) }
    }

    /// Characters are not bytes: four of them may be most of what a header holds.
    @Test(arguments: [
        "\u{1f600}\u{1f601}\u{1f602}\u{1f603}", String(repeating: "\u{301}", count: 200),
        "sk-proj-0123456789ab" + "e" + String(repeating: "\u{301}", count: 5_000), "0123456789\u{e9}\u{e9}\u{e9}\u{e9}",
        "0123456789abcdef\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "0123456789abcdefgh\u{1b}[3",
    ])
    func `A hint of a strange key shows no more`(key: String) {
        let fingerprint = Self.fingerprinter.fingerprint(of: key)
        #expect(fingerprint.hint.utf8.count <= 18)
        #expect(!fingerprint.hint.contains(key))
        #expect(fingerprint.hint.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
    }

    @Test
    func `The digest is the start of the keyed hash`() {
        let fingerprint = Self.fingerprinter.fingerprint(of: "sk-proj-0123456789abcdefWXYZ")
        #expect(fingerprint.digestText == "cd89a32a4005")
        #expect(fingerprint.digest == 0xcd89_a32a_4005)
        #expect(fingerprint.description == "sk-proj-...WXYZ #cd89a3")
    }

    @Test
    func `The same key gives the same fingerprint, others do not`() {
        let key = "sk-proj-0123456789abcdefWXYZ"
        #expect(
            Self.fingerprinter.fingerprint(of: key) == KeyFingerprinter(secret: "pepper".bytes).fingerprint(of: key)
        )
        #expect(Self.fingerprinter.fingerprint(of: key) != KeyFingerprinter(secret: "salt".bytes).fingerprint(of: key))
        let other = Self.fingerprinter.fingerprint(of: "sk-proj-0123456789abcdeeWXYZ")
        #expect(other.hint == "sk-proj-...WXYZ" && other != Self.fingerprinter.fingerprint(of: key))
    }

    @Test(arguments: [
        (UInt64(0), "000000000000"), (1, "000000000001"), (0xffff_ffff_ffff, "ffffffffffff"),
        (0x00ab_cdef_0123, "00abcdef0123"),
    ])
    func `A digest has twelve digits`(digest: UInt64, text: String) {
        #expect(KeyFingerprint(hint: "...", digest: digest).digestText == text)
    }
}
