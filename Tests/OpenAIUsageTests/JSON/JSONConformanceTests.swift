import Foundation
import OpenAIUsage
import Testing

/// The classes of the known suites, each document whole, byte by byte and at every cut, against three other readers.
struct JSONConformanceTests {
    static let selection = JSONSelection(JSONReading.root)
    static let none = JSONSelection(.init())

    /// The longest document that is cut at every place; of a longer one a few places are taken.
    static let maximumLength = 100

    @Test(arguments: JSONConformanceCases.groups)
    func `The scanner judges as the grammar does, however a document is cut`(group: JSONConformanceCases.Group) {
        for test in group.cases {
            let whole = JSONReading(test.bytes, selection: Self.selection)
            #expect(whole.isValid == test.isAccepted, "\(test.name)")
            #expect(
                JSONReading(test.bytes, selection: Self.none).isValid == test.isAccepted,
                "\(test.name), not selected"
            )
            let count = test.bytes.count
            if count < 5_000 {
                #expect(
                    JSONReading(test.bytes, cuts: Array(0..<count), selection: Self.selection) == whole,
                    "\(test.name), byte by byte"
                )
            }
            let step = count <= Self.maximumLength ? 1 : count / 4
            for cut in stride(from: 1, to: count, by: step)
            where JSONReading(test.bytes, cuts: [cut], selection: Self.selection) != whole {
                Issue.record("\(test.name), cut at \(cut)")
                break
            }
        }
    }

    @Test(arguments: JSONConformanceCases.groups)
    func `A strict parser judges alike, and what it reads is what is met`(group: JSONConformanceCases.Group) {
        for test in group.cases {
            let whole = JSONReading(test.bytes, selection: Self.selection)
            switch StrictJSON.verdict(test.bytes) {
            case .valid(let document):
                #expect(test.isAccepted, "\(test.name)")
                let expected = JSONReading(of: document, in: test.bytes, selecting: JSONReading.root)
                #expect(whole.agrees(with: expected), "\(test.name): \(whole.items) for \(expected.items)")
            case .incomplete: #expect(!test.isAccepted && !whole.isInvalid, "\(test.name)")
            case .invalid: #expect(!test.isAccepted && whole.isInvalid, "\(test.name)")
            }
        }
    }

    // MARK: - Foundation

    /// What `JSONSerialization` and `JSONDecoder` make of a document, where that is not what the grammar says.
    private static func deviation(
        _ group: JSONConformanceCases.Group,
        _ test: JSONConformanceCases.Case
    ) -> (serialization: Bool, decoder: Bool) {
        switch (group.description, test.entry) {
        // What is not UTF-8, and half a pair of surrogates, is not text.
        case ("strings that are no UTF-8, which is not looked at", _): (false, false)
        case ("halves of surrogate pairs, which become U+FFFD", let entry):
            (entry.hasSuffix("kept"), entry.hasSuffix("kept"))
        // A number must be one of Swift's; the decoder also rejects what becomes zero, and zero with a bare exponent.
        case (_, "an exponent beyond a double"), (_, "a negative number beyond a double"),
            (_, "a fraction beyond a double"),
            (_, "an exponent of many digits"), (_, "more digits than are kept"):
            (false, false)
        case (_, "a number too small for a double"), (_, "a fraction too small for a double"),
            (_, "a negative exponent of many digits"), (_, "zero with an exponent"),
            (_, "zero with a capital exponent"):
            (true, false)
        // Nesting ends at 512.
        case (_, "as deep as is read"), (_, "as deep as is read, with objects"): (false, false)
        // One comma may stand before an end.
        case ("arrays that are none", "a comma behind an element"),
            ("arrays that are none", "a comma behind an empty string"),
            ("objects that are none", "a comma behind a member"):
            (true, true)
        // Encodings are guessed, and marks read over.
        case (_, "UTF-32, low byte first, with a mark"): (true, false)
        case ("other encodings and marks", let entry) where entry.hasPrefix("UTF"): (true, true)
        case (_, "a mark before an object"), (_, "a mark before a number"): (true, true)
        default: (test.isAccepted, test.isAccepted)
        }
    }

    @Test(arguments: JSONConformanceCases.groups)
    func `Foundation judges alike, where it keeps to the grammar`(group: JSONConformanceCases.Group) {
        for test in group.cases {
            let expected = Self.deviation(group, test)
            let data = Data(test.bytes)
            let object = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
            #expect((object != nil) == expected.serialization, "\(test.name), serialization")
            // The decoder needs the stack, and is asked no more than is written here.
            guard test.bytes.count < 1_000 else { continue }
            let tree = try? JSONDecoder().decode(JSONOracleTests.Tree.self, from: data)
            #expect((tree != nil) == expected.decoder, "\(test.name), decoder")
            guard let tree, let document = StrictJSON(test.bytes) else { continue }
            #expect(tree == Self.tree(document), "\(test.name)")
        }
    }

    /// A document as the decoder reads it.
    private static func tree(_ document: StrictJSON) -> JSONOracleTests.Tree {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        switch document.value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .number(let number): return .number(Double(text(number)) ?? .nan)
        case .string(let string): return .string(text(string))
        case .array(let elements): return .array(elements.map(tree))
        case .object(let members):
            // Of two members of a name the decoder keeps the first, where everyone else keeps the last.
            return .object(Dictionary(members.map { (text($0.name), tree($0.value)) }) { first, _ in first })
        }
    }

    @Test
    func `The tables are as long as they should be`() {
        let entries = Set(JSONConformanceCases.groups.flatMap { group in group.cases.map { "\(group): \($0.entry)" } })
        #expect(entries.count >= 500)
        for group in JSONConformanceCases.groups {
            let names = group.cases.map { "\($0.name) \($0.bytes)" }
            #expect(Set(names).count == names.count, "\(group)")
        }
    }
}
