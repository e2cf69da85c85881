import Testing

@testable import OpenAISimulator

@Suite
struct PromptTokensTests {
    @Test(arguments: [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("é", 1), ("🌊🌊", 2), ("数据", 2)])
    func texts(_ text: String, _ tokens: Int) {
        #expect(PromptTokens.count(text) == tokens)
        #expect(PromptTokens.count(prompt: .string(text)) == tokens)
        #expect(
            PromptTokens.count(messages: .array([.object([.init(name: "content", value: .string(text))])]))
                == tokens + 3
        )
        #expect(PromptTokens.count(input: .string(text), instructions: nil) == tokens + 3)
        #expect(PromptTokens.count(input: nil, instructions: .string(text)) == tokens + 3)
    }

    @Test
    func partsAreCountedTogether() throws {
        let messages = try JSONParser.parse(
            Array(#"[{"content":[{"text":"ab"},{"image":1},{"text":"cd"},{"text":null}]},{"content":7},5]"#.utf8)
        )
        #expect(PromptTokens.count(messages: messages) == 3 + 1 + 3 + 3)
    }

    @Test
    func whatIsNoPromptCountsNothing() {
        #expect(PromptTokens.count(prompt: nil) == 0)
        #expect(PromptTokens.count(prompt: .null) == 0)
        #expect(PromptTokens.count(prompt: .object([])) == 0)
        #expect(PromptTokens.count(messages: .string("x")) == 0)
        #expect(PromptTokens.count(input: nil, instructions: nil) == 0)
    }
}
