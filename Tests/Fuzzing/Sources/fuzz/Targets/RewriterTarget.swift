import OpenAIUsage

/// A request for a stream gains the option and nothing else; of any other the rewriter says that it is none.
enum RewriterTarget: FuzzTarget {
    static let name = "rewriter"

    static func seeds(_ samples: SampleFiles) -> [[UInt8]] {
        samples.samples.map(\.requestBody)
            + JSONGrammarCases.valid.filter { $0.utf8.count < 200 }.map { Array($0.utf8) }
            + [
                #"{"model":"m","stream":true}"#, #"{ "stream" : true , "messages":[{"stream_options":null}] }"#,
                #"{"stream":true,"stream_options":{}}"#, #"{"stream_options":{"include_usage":false},"stream":true}"#,
                #"{"stream":true,"stream_options":{"include_usage":null,"include_obfuscation":true}}"#,
                #"{"stream":true,"stream_options":null}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#,
                #"{"stream":false,"stream":true,"messages":"}"}"#, #"{"stream":"true","stream_options":[{}]}"#,
                #"{"str\u0065am":true,"stream\u005foptions":{"a":1},"stream_options":{ }}"#,
            ].map { Array($0.utf8) }
    }

    /// What a rewriter makes of a body.
    private struct Rewriting: Equatable {
        var output: [UInt8] = []
        var isChanged: Bool
        var isStreamRequest: Bool

        init(_ bytes: [UInt8], cuts: [Int] = []) {
            var rewriter = IncludeUsageRewriter()
            var output: [UInt8] = []
            Cuts.pieces(of: bytes, cuts) { rewriter.rewrite($0, into: &output) }
            rewriter.finish(into: &output)
            self.output = output
            isChanged = rewriter.isChanged
            isStreamRequest = rewriter.isStreamRequest
        }
    }

    static func test(_ bytes: [UInt8]) {
        let whole = Rewriting(bytes)
        for cuts in Cuts.of(bytes) {
            Fuzz.check(Rewriting(bytes, cuts: cuts) == whole, "Cut at \(cuts), the result is another.")
        }
        Fuzz.check(whole.isChanged || whole.output == bytes, "Bytes were changed without a word.")
        guard let document = StrictJSON(bytes), document.members != nil,
            document["stream"]?.value == .bool(true)
        else {
            Fuzz.check(!whole.isStreamRequest, "What is not a request for a stream was taken for one.")
            return
        }
        Fuzz.check(whole.isStreamRequest, "A request for a stream was not known.")
        let expected = rewritten(bytes, document)
        Fuzz.check(
            whole.output == expected,
            "\(String(decoding: whole.output, as: UTF8.self)) is not \(String(decoding: expected, as: UTF8.self))."
        )
        Fuzz.check(whole.isChanged == (expected != bytes), "A change was not told.")
        let again = Rewriting(expected)
        Fuzz.check(again.output == expected && !again.isChanged, "A rewritten body was rewritten.")
        // What counts is the last of each name: all is as it was, but that the option is true.
        guard let after = StrictJSON(expected) else { fatalError("The rewritten body is not JSON.") }
        Fuzz.check(effective(document, isRewritten: true) == effective(after), "Another member was changed.")
    }

    /// The edits that a reader of the whole document makes.
    private static func rewritten(_ bytes: [UInt8], _ document: StrictJSON) -> [UInt8] {
        var edits: [(range: Range<Int>, text: String)] = []
        var asks = false
        var hasOptions = false
        for member in document.members ?? [] {
            let range = member.value.range
            if member.name.elementsEqual("stream".utf8) { asks = member.value.value == .bool(true) }
            guard member.name.elementsEqual("stream_options".utf8) else { continue }
            switch member.value.value {
            case .object(let options):
                hasOptions = true
                let values = options.filter { $0.name.elementsEqual("include_usage".utf8) }.map(\.value)
                for value in values {
                    if value.value == .bool(false) { edits.append((value.range, "true ")) }
                    if value.value == .null { edits.append((value.range, "true")) }
                }
                let text = (options.isEmpty ? "" : ",") + #""include_usage":true"#
                if values.isEmpty { edits.append((range.upperBound - 1..<range.upperBound - 1, text)) }
            case .null:
                hasOptions = asks
                if asks { edits.append((range, #"{"include_usage":true}"#)) }
            default: hasOptions = true
            }
        }
        let end = document.range.upperBound - 1
        if asks, !hasOptions { edits.append((end..<end, #","stream_options":{"include_usage":true}"#)) }
        var result = bytes
        for edit in edits.reversed() { result.replaceSubrange(edit.range, with: Array(edit.text.utf8)) }
        return result
    }

    /// The members that count, by name.
    private static func effective(_ document: StrictJSON, isRewritten: Bool = false) -> [[UInt8]: StrictJSON] {
        var members = last(document)
        let name = Array("stream_options".utf8)
        guard isRewritten else {
            // Only the last of each option counts too.
            if let options = members[name], options.members != nil { members[name] = sorted(last(options)) }
            return members
        }
        switch members[name]?.value {
        case nil, .null: members[name] = sorted([Array("include_usage".utf8): StrictJSON(.bool(true))])
        case .object:
            var options = members[name].map(last) ?? [:]
            switch options[Array("include_usage".utf8)]?.value {
            case nil, .null, .bool: options[Array("include_usage".utf8)] = StrictJSON(.bool(true))
            default: break
            }
            members[name] = sorted(options)
        default: break
        }
        return members
    }

    private static func last(_ document: StrictJSON) -> [[UInt8]: StrictJSON] {
        Dictionary((document.members ?? []).map { ($0.name, $0.value) }) { $1 }
    }

    private static func sorted(_ members: [[UInt8]: StrictJSON]) -> StrictJSON {
        StrictJSON(
            .object(
                members.map { StrictJSON.Member(name: $0.key, value: $0.value) }.sorted {
                    $0.name.lexicographicallyPrecedes($1.name)
                }
            )
        )
    }
}
