import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct LineItemTests {
    private static func item(_ text: String) -> LineItem {
        LineItem(text) { ["gpt-4o", "gpt-4o-2024-08-06", "gpt-5.6-sol", "gpt-4o-mini"].contains($0) }
    }

    @Test(
        arguments: [
            ("gpt-4o-2024-08-06, input", "gpt-4o-2024-08-06", PriceItem.input, nil, nil),
            ("gpt-4o-2024-08-06, cached input", "gpt-4o-2024-08-06", .cachedInput, nil, nil),
            ("gpt-4o, output, batch", "gpt-4o", .output, "batch", nil),
            ("gpt-4o, batch, output tokens", "gpt-4o", .output, "batch", nil),
            ("gpt-5.6-sol | cache write | priority | long context", "gpt-5.6-sol", .cacheWrite, "priority", true),
            ("gpt-5.6-sol, cache write 12h", "gpt-5.6-sol", .cacheWrite12Hour, nil, nil),
            ("gpt-4o, audio input", "gpt-4o", .audioInput, nil, nil),
            ("gpt-4o, cached image input", "gpt-4o", .cachedImageInput, nil, nil),
            ("gpt-4o, short context, input", "gpt-4o", .input, nil, false),
            ("GPT-4o mini, input", "gpt-4o-mini", .input, nil, nil),
        ] as [(String, String, PriceItem, String?, Bool?)]
    )
    func `A model, a component, a tier and a context are read in any order`(
        text: String,
        model: String,
        component: PriceItem,
        tier: String?,
        isLong: Bool?
    ) {
        let item = Self.item(text)
        #expect(item.subject == .model(model, component))
        #expect(item.tier == tier)
        #expect(item.isLong == isLong)
    }

    @Test
    func `A model alone is all of its cost`() {
        #expect(Self.item("GPT-4o").subject == .model("gpt-4o", nil))
    }

    @Test(arguments: [
        ("web search tool calls", "web_search"), ("assistants api | file search", "file_search"),
        ("assistants api | code interpreter", "container"), ("Vector store storage", "storage"),
    ])
    func `Fees are those of a tool`(text: String, tool: String) {
        #expect(Self.item(text).subject == .tool(tool))
    }

    @Test(arguments: [
        "", ",", "gpt-9, input", "gpt-4o, telepathy", "gpt-4o, input output", "gpt-4o, quantum input", "Credit grant",
    ])
    func `Any other word makes an item that is not recognized`(text: String) {
        #expect(Self.item(text).subject == .unrecognized)
        #expect(Self.item(text).text == text)
    }

    @Test
    func `An item of ours is read as itself`() {
        for component in PriceItem.allCases where component != .cacheWrite1Hour {
            for (tier, isLong) in [("default", false), ("flex", false), ("priority", true)] {
                let text = LineItem.text(model: "gpt-4o", item: component, tier: tier, isLong: isLong)
                let item = Self.item(text)
                #expect(item.subject == .model("gpt-4o", component))
                #expect(item.tier ?? "default" == tier)
                #expect(item.isLong ?? false == isLong)
            }
        }
    }
}
