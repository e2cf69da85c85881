import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

/// What a scan takes in at one glance where it stands whole in the bytes is what it reads byte by byte.
struct JSONSelectionSkipTests {
    static let selection = JSONSelection(
        .init(
            field: 1,
            members: [
                ("a", .init(field: 2)), ("text", .init(field: 3, isPresenceOnly: true)),
                ("list", .init(elements: .init(field: 4))), ("usage", .init(field: 5, isVerbatim: true)),
                ("nested_container", .init(members: [("a_longer_name_than_most", .init(field: 6))])),
                ("", .init(field: 7)),
                ("skipped_list", .init(elements: .init(members: [("a", .init(field: 8))]))),
            ]
        )
    )

    /// A document of names, strings and numbers of all kinds, most of them well-formed.
    private static func document(_ random: inout SplitMix64, depth: Int = 0) -> String {
        func one(of choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        func blank() -> String {
            Int.random(in: 0..<6, using: &random) > 0
                ? "" : one(of: [" ", "\n  ", "\t", "\r\n", "                    \n "])
        }
        func text() -> String {
            (0..<Int.random(in: 0...12, using: &random)).map { _ in
                one(of: [
                    "a", "word ", "\u{e9}", "\u{1f600}", #"\n"#, #"\""#, #"\\"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\/"#,
                    "a rather long run of plain text",
                ])
            }
            .joined()
        }
        switch Int.random(in: 0..<(depth > 4 ? 6 : 10), using: &random) {
        case 0, 1: return "\"\(text())\""
        case 2, 3:
            return one(of: [
                "0", "-0", "12", "-3.25", "1e9", "0.5E-12", "123456789012345678901234567890123456789", "7.0",
            ])
        case 4: return one(of: ["null", "true", "false"])
        case 5:
            return "["
                + (0..<Int.random(in: 0...9, using: &random)).map { _ in "\(blank())-0.01\(blank())" }.joined(
                    separator: ","
                ) + "]"
        case 6, 7:
            let elements = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                blank() + document(&random, depth: depth + 1) + blank()
            }
            return "[\(elements.joined(separator: ","))]"
        default:
            let names = [
                "a", "text", "list", "usage", "nested_container", "a_longer_name_than_most", "", "skipped_list",
                "other",
                #"us\u0061ge"#, "a_longer_name_than_all_of_those_that_are_selected_by_anything_in_this_test", "lisT",
                "usagE", "a_longer_name_than_mosT",
            ]
            let members = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                "\(blank())\"\(one(of: names))\"\(blank()):\(blank())\(document(&random, depth: depth + 1))\(blank())"
            }
            return "{\(members.joined(separator: ","))}"
        }
    }

    @Test(arguments: 0..<6)
    func `A document is read alike whole, in pieces and byte by byte`(batch: Int) {
        let seed = UInt64(0x91a_0000 + batch)
        var random = SplitMix64(seed: seed)
        var valid = 0
        for number in 0..<300 {
            var bytes = Self.document(&random).bytes
            if Int.random(in: 0..<3, using: &random) == 0, !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = "{}[]\":,\\0123.eE+- \nnullx\u{1}".bytes.randomElement(using: &random) ?? 0
            }
            let whole = JSONReading(bytes, selection: Self.selection)
            if whole.isValid { valid += 1 }
            let pieces = Array(stride(from: 0, to: bytes.count, by: Int.random(in: 2...70, using: &random)))
            for cuts in [Array(0..<bytes.count), pieces]
            where JSONReading(bytes, cuts: cuts, selection: Self.selection) != whole {
                Issue.record("seed \(seed), number \(number): \(String(decoding: bytes, as: UTF8.self))")
                return
            }
        }
        #expect(valid > 150)
    }

    @Test(arguments: 0..<4)
    func `A list of what may be numbers is judged alike whole and byte by byte`(batch: Int) {
        let seed = UInt64(0x91a_1000 + batch)
        var random = SplitMix64(seed: seed)
        let alphabet = "00123456789.eE-+,, \n]".bytes
        let tail = ",\"padding\":\"so that a look of thirty-two bytes ends before the end\"}".bytes
        for name in ["list", "skipped_list", "other"] {
            for number in 0..<400 {
                let list = (0..<Int.random(in: 1...24, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? 0
                }
                let bytes = "{\"\(name)\":[".bytes + list + "]".bytes + tail
                let whole = JSONReading(bytes, selection: Self.selection)
                guard JSONReading(bytes, cuts: Array(0..<bytes.count), selection: Self.selection) == whole else {
                    Issue.record("seed \(seed), number \(number): \(String(decoding: bytes, as: UTF8.self))")
                    return
                }
            }
        }
    }

    @Test
    func `Nesting is followed to its bound, whatever the kinds of the levels`() {
        var random = SplitMix64(seed: 0x91a_2000)
        for depth in [1, 62, 63, 64, 65, 66, 127, 128, 129, 192, 1_023, 1_024, 1_025] {
            let kinds = (0..<depth).map { _ in Bool.random(using: &random) }
            let start = kinds.map { $0 ? #"{"a":"# : "[" }.joined()
            let end = kinds.reversed().map { $0 ? "}" : "]" }
            let bytes = (start + "1" + end.joined()).bytes
            let reading = JSONReading(bytes, selection: Self.selection)
            #expect(reading.isValid == (depth <= JSONScanner.maximumDepth))
            #expect(JSONReading(bytes, cuts: Array(0..<bytes.count), selection: Self.selection) == reading)
            // One wrong bracket at each of some levels.
            for level in [0, depth / 2, depth - 1, max(0, depth - 64), max(0, depth - 65)] {
                var wrong = end
                wrong[level] = wrong[level] == "}" ? "]" : "}"
                #expect(!JSONReading((start + "1" + wrong.joined()).bytes, selection: Self.selection).isValid)
            }
        }
    }

    @Test
    func `Every selected name is found, and no other of its length`() {
        var random = SplitMix64(seed: 0x91a_3000)
        for count in [1, 2, 3, 7, 20, 100] {
            var names: Set<String> = []
            while names.count < count {
                let length = Int.random(in: 0...40, using: &random)
                names.insert(String((0..<length).map { _ in "abAB_".randomElement(using: &random) ?? "a" }))
            }
            let selected = names.sorted()
            let selection = JSONSelection(
                .init(members: selected.enumerated().map { ($1, .init(field: UInt16($0 + 1))) })
            )
            for (index, name) in selected.enumerated() {
                for padding in [0, 40] {
                    let text = "{\"\(name)\":1\(String(repeating: " ", count: padding))}"
                    #expect(JSONReading(text.bytes, selection: selection).texts(UInt16(index + 1)) == ["1"])
                    guard let last = name.last else { continue }
                    let other = name.dropLast() + (last == "a" ? "b" : "a")
                    let expected = selected.firstIndex(of: String(other)).map { UInt16($0 + 1) }
                    let items = JSONReading(
                        "{\"\(other)\":1\(String(repeating: " ", count: padding))}".bytes,
                        selection: selection
                    ).items
                    #expect(items.map(\.field) == (expected.map { [$0] } ?? []))
                }
            }
        }
    }
}
