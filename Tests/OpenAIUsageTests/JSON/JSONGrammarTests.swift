import Foundation
import OpenAIUsage
import Testing

/// The grammar is checked in full, whether a value is reported, skipped or collected verbatim.
struct JSONGrammarTests {
    /// Nothing, everything near the root, and everything near the root verbatim.
    static let selections: [JSONSelection] = {
        let leaf = JSONSelection.Node(field: 9, members: [("a", .init(field: 8))], elements: .init(field: 7))
        func root(isVerbatim: Bool) -> JSONSelection.Node {
            .init(
                field: 1,
                members: [("a", leaf), ("", leaf), ("id", leaf), ("b", leaf)],
                elements: leaf,
                isVerbatim: isVerbatim
            )
        }
        let silent = JSONSelection.Node(field: 1, members: [], isPresenceOnly: true)
        return [JSONSelection(.init()), JSONSelection(root(isVerbatim: false)), JSONSelection(root(isVerbatim: true))]
            + [JSONSelection(silent), JSONSelection(.init(elements: .init(field: 2, isPresenceOnly: true)))]
    }()

    private func check(_ bytes: [UInt8], isValid: Bool) {
        for (index, selection) in Self.selections.enumerated() {
            let whole = JSONReading(bytes, selection: selection)
            let single = JSONReading(bytes, cuts: Array(0..<bytes.count), selection: selection)
            let text = String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription
            #expect(whole.isValid == isValid, "\(text) with selection \(index)")
            #expect(single.isValid == isValid, "\(text) byte by byte with selection \(index)")
            #expect(whole == single, "\(text) with selection \(index)")
        }
    }

    @Test(arguments: JSONGrammarCases.valid)
    func `What the grammar allows is accepted`(text: String) {
        check(Array(text.utf8), isValid: true)
    }

    @Test(arguments: JSONGrammarCases.invalid)
    func `What the grammar forbids is rejected`(text: String) {
        check(Array(text.utf8), isValid: false)
    }

    @Test(arguments: JSONGrammarCases.invalidBytes)
    func `Bytes that cannot begin a token are rejected`(bytes: [UInt8]) {
        check(bytes, isValid: false)
    }

    @Test(arguments: JSONGrammarCases.tolerated)
    func `What parsers may differ in is accepted`(bytes: [UInt8]) {
        check(bytes, isValid: true)
    }

    @Test(arguments: 0..<0x20)
    func `No control character may stand in a string`(code: Int) {
        let control = UInt8(code)
        for padding in 0..<10 {
            let text = Array(repeating: UInt8(ascii: "x"), count: padding)
            check([0x22] + text + [control] + text + [0x22], isValid: false)
            check([0x7b, 0x22] + text + [control] + text + [0x22, 0x3a, 0x31, 0x7d], isValid: false)
        }
    }

    @Test
    func `The tables are as long as they should be`() {
        #expect(Set(JSONGrammarCases.valid).count >= 80)
        #expect(Set(JSONGrammarCases.invalid).count >= 150)
        #expect(JSONGrammarCases.tolerated.count >= 25)
    }

    @Test(arguments: JSONGrammarCases.valid.filter { $0.utf8.count < 200 })
    func `Foundation agrees with the table of what is allowed`(text: String) {
        #expect(throws: Never.self) {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        }
    }

    @Test(arguments: JSONGrammarCases.valid.filter { $0.utf8.count < 200 })
    func `A document that is cut is never complete unless it is a shorter number`(text: String) {
        let bytes = Array(text.utf8)
        let trimmed = bytes.drop { $0 <= 0x20 }
        guard let first = trimmed.first, first == 0x5b || first == 0x7b || first == 0x22 else { return }
        let end = (bytes.lastIndex { $0 > 0x20 } ?? 0)
        for length in 0..<end + 1 {
            let reading = JSONReading(Array(bytes[..<length]), selection: Self.selections[1])
            #expect(!reading.isValid && !reading.isInvalid, "\(length) bytes of \(text)")
        }
    }

    @Test
    func `Once invalid, a scanner stays invalid until it is reset`() {
        for selection in Self.selections {
            var scanner = JSONScanner(selection)
            #expect(JSONReading(Array("[1,]".utf8), scanner: &scanner).isInvalid)
            #expect(JSONReading(Array(" ".utf8), scanner: &scanner).isInvalid)
            #expect(JSONReading(Array("[1]".utf8), scanner: &scanner).isInvalid)
            scanner.reset()
            #expect(!scanner.isInvalid)
            #expect(scanner.isEmpty)
            #expect(JSONReading(Array("[1]".utf8), scanner: &scanner).isValid)
        }
    }

    @Test(arguments: JSONGrammarCases.invalid.filter { $0.utf8.count < 200 })
    func `A reset leaves no trace of the document before`(text: String) {
        for selection in Self.selections {
            let document = Array(#"{"a":["x",1,{"a":true}],"b":"\u00e9","id":null}"#.utf8)
            let fresh = JSONReading(document, selection: selection)
            var scanner = JSONScanner(selection)
            _ = JSONReading(Array(text.utf8), scanner: &scanner)
            scanner.reset()
            #expect(JSONReading(document, scanner: &scanner) == fresh)
        }
    }
}
