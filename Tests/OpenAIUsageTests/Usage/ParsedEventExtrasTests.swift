import Testing

@testable import OpenAIUsage

/// What few documents say, which copies share until one of them is changed.
struct ParsedEventExtrasTests {
    @Test
    func `A copy keeps what it says when the other is changed`() {
        var facts = ParsedEvent()
        #expect(!facts.hasRare && facts.rare.size == nil && !facts.hasRare)
        facts.rare.size = "1024x1024"
        var copy = facts
        copy.rare.size = "512x512"
        copy.rare.tools.item.type = "web_search_call"
        #expect(facts.rare.size == "1024x1024" && facts.rare.tools.item.type.isEmpty)
        #expect(copy.rare.size == "512x512" && copy.rare.tools.item.type == "web_search_call")
        facts.rare.size = nil
        #expect(copy.rare.size == "512x512" && facts.rare.size == nil)
    }

    @Test
    func `What is said of nothing is not changed by anybody`() {
        var facts = ParsedEvent()
        facts.rare.secondModel = "gpt-image-1"
        #expect(ParsedEvent().rare.secondModel == nil && ParsedEventExtras.Storage.none.facts.secondModel == nil)
    }

    @Test
    func `A usage replaces all of an earlier one`() {
        var facts = ParsedEvent()
        facts.usage[.inputTokens] = 3
        facts.rawUsage = "{}"
        facts.isOwnKey = true
        facts.rare.seconds = "1.5"
        facts.rare.providerCost = "0.1"
        facts.rare.upstreamCost.total = "0.2"
        facts.rare.providerTools = ["mcp": 1]
        facts.rare.quality = "high"
        facts.beginUsage()
        #expect(facts.usagePresence == .present && facts.usage.isEmpty && facts.rawUsage == nil && !facts.isOwnKey)
        #expect(facts.rare.seconds == nil && facts.rare.providerCost == nil && facts.rare.upstreamCost.total == nil)
        #expect(facts.rare.providerTools.isEmpty && facts.rare.quality == "high")
    }

    @Test
    func `A document that says nothing rare takes no place for it`() {
        var scanner = ResponseDocumentScanner(CompletionChunks.selection)
        Array(#"{"id":"chatcmpl-1","usage":{"prompt_tokens":1,"total_tokens":1}}"#.utf8).withUnsafeBufferPointer {
            scanner.scan($0)
        }
        #expect(scanner.isComplete && scanner.facts.usage.inputTokens == 1 && !scanner.facts.hasRare)
    }
}
