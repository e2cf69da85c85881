import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

/// Random documents, read by Foundation and by the scanner.
struct JSONOracleTests {
    /// A document as Foundation reads it.
    indirect enum Tree: Decodable, Equatable {
        case null
        case bool(Bool)
        case number(Double)
        case string(String)
        case array([Tree])
        case object([String: Tree])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else if let value = try? container.decode([Tree].self) {
                self = .array(value)
            } else {
                self = .object(try container.decode([String: Tree].self))
            }
        }
    }

    /// What both say of one value.
    enum Fact: Equatable {
        case null, objectStart, objectEnd, arrayStart, arrayEnd
        case bool(Bool)
        case number(Double)
        case string(String, isTruncated: Bool)
    }

    static let names = ["a", "b", "usage", "id", "\u{fc}", "k\"q", String(repeating: "long", count: 18)]

    static let root: JSONSelection.Node = {
        let inner = JSONSelection.Node(
            field: 3,
            members: [
                ("a", .init(field: 4)),
                ("usage", .init(field: 5, members: [("id", .init(field: 6))], isVerbatim: true)),
                ("\u{fc}", .init(field: 7)),
            ]
        )
        return .init(
            field: 1,
            members: [
                ("a", .init(field: 2)), ("b", inner), ("usage", .init(field: 8, elements: .init(field: 9))),
                ("id", .init(field: 10, elements: .init(field: 11, members: [("a", .init(field: 12))]))),
                ("\u{fc}", .init(field: 13)), ("k\"q", .init(members: [("b", .init(field: 14))])),
            ]
        )
    }()

    private static func collect(_ tree: Tree, _ node: JSONSelection.Node, into facts: inout [UInt16: [Fact]]) {
        func add(_ fact: Fact) {
            if node.field != 0 { facts[node.field, default: []].append(fact) }
        }
        switch tree {
        case .null: add(.null)
        case .bool(let value): add(.bool(value))
        case .number(let value): add(.number(value))
        case .string(let value): add(.string(value, isTruncated: false))
        case .array(let elements):
            add(.arrayStart)
            for element in elements {
                if let selected = node.elements.first { collect(element, selected, into: &facts) }
            }
            add(.arrayEnd)
        case .object(let members):
            add(.objectStart)
            for member in node.members {
                if let value = members[member.name] { collect(value, member.node, into: &facts) }
            }
            add(.objectEnd)
        }
    }

    private static func facts(_ reading: JSONReading) -> [UInt16: [Fact]] {
        var facts: [UInt16: [Fact]] = [:]
        for item in reading.items {
            let fact: Fact? =
                switch item.event {
                case .string: .string(item.text, isTruncated: item.isTruncated)
                case .number: Double(item.text).map { .number($0) }
                case .true: .bool(true)
                case .false: .bool(false)
                case .null: .null
                case .objectStart: .objectStart
                case .objectEnd: .objectEnd
                case .arrayStart: .arrayStart
                case .arrayEnd: .arrayEnd
                case .exhausted, .invalid: nil
                }
            if let fact { facts[item.field, default: []].append(fact) }
        }
        return facts
    }

    /// Writes random documents, with all spellings that the grammar allows.
    struct Writer {
        var random: SplitMix64

        mutating func document() -> String { blank() + value(depth: 0, mustBeObject: true) + blank() }

        private mutating func blank() -> String {
            String(
                (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    [" ", "\n", "\t", "\r"].randomElement(using: &random) ?? " "
                }
            )
        }

        private mutating func value(depth: Int, mustBeObject: Bool = false) -> String {
            let kind = mustBeObject ? 6 : Int.random(in: 0...(depth < 5 ? 7 : 4), using: &random)
            switch kind {
            case 0: return "null"
            case 1: return Bool.random(using: &random) ? "true" : "false"
            case 2, 3: return number()
            case 4, 5: return string(text())
            case 6:
                var members: [String] = []
                for name in JSONOracleTests.names where Int.random(in: 0...2, using: &random) > 0 {
                    members.append(
                        blank() + string(name) + blank() + ":" + blank() + value(depth: depth + 1) + blank()
                    )
                }
                members.shuffle(using: &random)
                return "{" + (members.isEmpty ? blank() : members.joined(separator: ",")) + "}"
            default:
                let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    blank() + value(depth: depth + 1) + blank()
                }
                return "[" + (elements.isEmpty ? blank() : elements.joined(separator: ",")) + "]"
            }
        }

        private mutating func number() -> String {
            var text = Bool.random(using: &random) ? "-" : ""
            text += "\(Int.random(in: 0...(Bool.random(using: &random) ? 9 : 999_999), using: &random))"
            if Int.random(in: 0...2, using: &random) == 0 { text += ".\(Int.random(in: 0...9_999, using: &random))" }
            // Foundation's decoder rejects a bare zero with an exponent, which the grammar allows.
            if !text.hasSuffix("0"), Int.random(in: 0...3, using: &random) == 0 {
                text += ["e", "E", "e+", "E-"].randomElement(using: &random) ?? "e"
                text += "\(Int.random(in: 0...12, using: &random))"
            }
            return text
        }

        private mutating func text() -> String {
            let scalars: [ClosedRange<UInt32>] = [
                0x20...0x7e, 0x20...0x7e, 0x00...0x1f, 0xa0...0x7ff, 0x800...0xd7ff, 0xe000...0xfffd,
                0x10000...0x10ffff,
            ]
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let range = scalars.randomElement(using: &random) ?? 0x20...0x7e
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            return text
        }

        private mutating func string(_ text: String) -> String {
            var spelled = "\""
            for scalar in text.unicodeScalars {
                switch (scalar, Int.random(in: 0...3, using: &random)) {
                case ("\"", 1...): spelled += "\\\""
                case ("\\", 1...): spelled += "\\\\"
                case ("/", 1): spelled += "\\/"
                case ("\n", 1): spelled += "\\n"
                case ("\t", 1): spelled += "\\t"
                case (_, 0), ("\0"..."\u{1f}", _):
                    for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
                        let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                        spelled += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                default: spelled.unicodeScalars.append(scalar)
                }
            }
            return spelled + "\""
        }
    }

    @Test(arguments: 0..<20)
    func `Random documents are read as Foundation reads them`(batch: Int) throws {
        let seed = UInt64(0xf00d_0000 + batch)
        var writer = Writer(random: SplitMix64(seed: seed))
        let selection = JSONSelection(Self.root)
        for number in 0..<100 {
            let text = writer.document()
            let bytes = Array(text.utf8)
            let tree = try JSONDecoder().decode(Tree.self, from: Data(bytes))
            var expected: [UInt16: [Fact]] = [:]
            Self.collect(tree, Self.root, into: &expected)
            let whole = JSONReading(bytes, selection: selection)
            let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &writer.random) }.sorted()
            #expect(whole.isValid, "seed \(seed), document \(number): \(text)")
            #expect(Self.facts(whole) == expected, "seed \(seed), document \(number): \(text)")
            #expect(
                JSONReading(bytes, cuts: cuts, selection: selection) == whole,
                "seed \(seed), \(number), cuts \(cuts)"
            )
            #expect(
                JSONReading(bytes, cuts: Array(0..<bytes.count), selection: selection) == whole,
                "seed \(seed), \(number)"
            )
            for item in whole.items where item.event == .objectEnd && item.field == 5 {
                let verbatim = try #require(item.verbatim)
                guard case .object(let members) = tree, case .object(let inner)? = members["b"] else {
                    Issue.record("Seed \(seed), document \(number): there is no such object.")
                    return
                }
                #expect(text.contains(verbatim))
                #expect(try JSONDecoder().decode(Tree.self, from: Data(verbatim.utf8)) == inner["usage"])
            }
        }
    }

    @Test(arguments: 0..<10)
    func `Random damage is judged as Foundation judges it`(batch: Int) {
        let seed = UInt64(0xbad_0000 + batch)
        var writer = Writer(random: SplitMix64(seed: seed))
        let selection = JSONSelection(Self.root)
        let junk = Array("{}[]\",:\\ \n0123456789-+.eEtrufalsn/ux".utf8)
        for number in 0..<200 {
            var bytes = Array(writer.document().utf8.prefix(400))
            for _ in 0..<Int.random(in: 0...2, using: &writer.random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &writer.random)
                switch Int.random(in: 0...2, using: &writer.random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(junk.randomElement(using: &writer.random) ?? 0x20, at: index)
                default: bytes[index] = junk.randomElement(using: &writer.random) ?? 0x20
                }
            }
            // Foundation checks UTF-8 and pairs of surrogates too, which is left unchecked here.
            guard String(validating: bytes, as: UTF8.self) != nil else { continue }
            let accepts = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            let whole = JSONReading(bytes, selection: selection)
            let text = String(decoding: bytes, as: UTF8.self)
            if accepts { #expect(whole.isValid, "seed \(seed), document \(number): \(text)") }
            if whole.isValid, !text.contains("\\ud"), !text.contains("\\uD") {
                #expect(accepts, "seed \(seed), document \(number): \(text)")
            }
            #expect(JSONReading(bytes, cuts: Array(0..<bytes.count), selection: selection) == whole)
        }
    }
}
