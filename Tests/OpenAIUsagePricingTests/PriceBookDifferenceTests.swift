import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

struct PriceBookDifferenceTests {
    private static func book(_ models: String, tools: String = "", rules: String? = nil) throws -> PriceBook {
        try PriceBook(json: TestBook.json(models: models, tools: tools, rules: rules))
    }

    /// A model with prices in several periods.
    private static func model(_ id: String, _ periods: [(from: String?, to: String?, perMillion: String)]) -> String {
        func day(_ day: String?) -> String { day.map { "\"\($0)\"" } ?? "null" }
        let list = periods.map { #"{"from": \#(day($0.from)), "to": \#(day($0.to)), "per_1m": \#($0.perMillion)}"# }
        return #"{"id": "\#(id)", "ids": ["\#(id)"], "kind": "text", "periods": [\#(list.joined(separator: ","))]}"#
    }

    private static func lines(_ old: PriceBook, _ new: PriceBook) -> [String] {
        PriceBookDifference(from: old, to: new).changes.map { change in
            let days = change.days == DayInterval() ? "" : " \(change.days)"
            let percent = change.percent.map { " \($0)" } ?? ""
            return
                "\(change.subject) \(change.item ?? "-")\(days): \(change.old?.text ?? "-") > \(change.new?.text ?? "-")"
                + percent
        }
    }

    @Test
    func `A book does not differ from itself, however it is written`() throws {
        #expect(PriceBookDifference(from: .bundled, to: .bundled).changes.isEmpty)
        let whole = try Self.book(Self.model("m", [(nil, nil, #"{"default": {"input": "1"}}"#)]))
        let cut = try Self.book(
            Self.model(
                "m",
                [
                    (nil, "2026-01-31", #"{"default": {"input": "1.0"}}"#),
                    ("2026-02-01", nil, #"{"default": {"input": 1}}"#),
                ]
            )
        )
        #expect(Self.lines(whole, cut).isEmpty)
    }

    @Test
    func `A price that changes is told with its days and by how much`() throws {
        let old = try Self.book(Self.model("m", [(nil, nil, #"{"default": {"input": "4", "output": "20"}}"#)]))
        let new = try Self.book(
            Self.model(
                "m",
                [
                    (nil, "2026-01-31", #"{"default": {"input": "4", "output": "20"}}"#),
                    ("2026-02-01", "2026-02-28", #"{"default": {"input": "5", "output": "20"}}"#),
                    ("2026-03-01", nil, #"{"default": {"input": "3", "output": "20", "cached_input": "1"}}"#),
                ]
            )
        )
        #expect(
            Self.lines(old, new) == [
                #"model(["m"]) default input 2026-02-01...2026-02-28: 4 > 5 +25%"#,
                #"model(["m"]) default cached_input 2026-03-01...: - > 1"#,
                #"model(["m"]) default input 2026-03-01...: 4 > 3 -25%"#,
            ]
        )
    }

    @Test
    func `A change that goes on over several periods is told once`() throws {
        let old = try Self.book(Self.model("m", [(nil, nil, #"{"default": {"input": "4", "output": "20"}}"#)]))
        let new = try Self.book(
            Self.model(
                "m",
                [
                    ("2026-01-01", "2026-01-31", #"{"default": {"input": "6", "output": "20"}}"#),
                    ("2026-02-01", nil, #"{"default": {"input": "6", "output": "21"}}"#),
                ]
            )
        )
        #expect(
            Self.lines(old, new) == [
                #"model(["m"]) default input ...2025-12-31: 4 > -"#,
                #"model(["m"]) default output ...2025-12-31: 20 > -"#,
                #"model(["m"]) default input 2026-01-01...: 4 > 6 +50%"#,
                #"model(["m"]) default output 2026-02-01...: 20 > 21 +5%"#,
            ]
        )
    }

    @Test
    func `Models that come and go are told, the new ones with their prices`() throws {
        let old = try Self.book(Self.model("gone", [(nil, nil, #"{"default": {"input": "4"}}"#)]))
        let new = try Self.book(Self.model("new", [("2026-01-01", nil, #"{"default": {"input": "4"}}"#)]))
        #expect(
            Self.lines(old, new) == [
                #"model(["gone"]) -: text > -"#, #"model(["new"]) -: - > text"#,
                #"model(["new"]) default input 2026-01-01...: - > 4"#,
            ]
        )
    }

    @Test
    func `Names are compared one by one, and told together where they fare alike`() throws {
        func model(_ id: String, _ names: [String], _ price: String) -> String {
            let ids = names.map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"id": "\#(id)", "ids": [\#(ids)], "kind": "text", "#
                + #""periods": [{"from": null, "to": null, "per_1m": {"default": {"input": "\#(price)"}}}]}"#
        }
        let old = try Self.book(model("a", ["a", "b", "c"], "1"))
        let new = try Self.book(model("a", ["a"], "1") + "," + model("b", ["c", "b"], "2"))
        #expect(Self.lines(old, new) == [#"model(["b", "c"]) default input: 1 > 2 +100%"#])
    }

    @Test
    func `Units, thresholds, uplifts, tools and rules are compared too`() throws {
        let old = try Self.book(
            TestBook.model(
                "m",
                #"{"default": {"input": "1"}}"#,
                more: #", "regional_uplift": "1.1", "per_unit": {"audio_input_minute": "0.006"}, "#
                    + #""long_context": {"over_input_tokens": 200000, "per_1m": {"default": {"input": "2"}}}"#
            ),
            tools: #"{"id": "t", "unit": "call", "periods": [{"from": null, "to": null, "price": "0.01"}]}"#
        )
        let new = try Self.book(
            TestBook.model(
                "m",
                #"{"default": {"input": "1"}}"#,
                more: #", "per_unit": {"audio_input_minute": "0.0045"}, "#
                    + #""long_context": {"over_input_tokens": 272000, "per_1m": {"default": {"input": "2"}}}"#
            ),
            tools: #"{"id": "t", "unit": "call", "periods": [{"from": null, "to": null, "price": "0.025"}]}"#,
            rules: #"{"background_window": {"2h": "0.8"}}"#
        )
        let lines = Self.lines(old, new)
        #expect(lines.contains(#"model(["m"]) audio_input_minute: 0.006 > 0.0045 -25%"#))
        #expect(lines.contains(#"model(["m"]) long_context over_input_tokens: 200000 > 272000"#))
        #expect(lines.contains(#"model(["m"]) regional_uplift: 1.1 > -"#))
        #expect(lines.contains(#"tool("t") fee: 0.01 > 0.025 +150%"#))
        #expect(lines.contains(#"rule("background_window") -: 2h: 0.7 > 2h: 0.8"#))
        #expect(lines.contains { $0.hasPrefix(#"rule("model_match") -: strip"#) && $0.hasSuffix("> -") })
    }

    @Test
    func `What changes for a project only is told as such`() throws {
        let text = """
            {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD",
            "projects": {"proj_a": {"models": [\(TestBook.model("gpt-4o-mini", #"{"default": {"input": "0.3"}}"#))]}}}
            """
        let new = PriceBook.bundled.layered(with: try PriceBook(json: text))
        let changes = PriceBookDifference(from: .bundled, to: new).changes
        #expect(Set(changes.map(\.project)) == ["proj_a"])
        let change = try #require(changes.first { $0.item == "default input" && $0.days.last == nil })
        #expect(change.subject == .model(["gpt-4o-mini", "gpt-4o-mini-2024-07-18"]))
        #expect(change.percent == "+100%")
    }

    @Test(
        arguments: [
            ("2", "3", "+50%"), ("3", "2", "-33.3%"), ("0.15", "0.1501", "+0.1%"), ("0", "1", nil), ("4", "0", "-100%"),
            ("1", "1.0004", "0%"), ("0.001", "4999", "+499899900%"),
        ] as [(String, String, String?)]
    )
    func `Percent are rounded to one digit`(old: String, new: String, percent: String?) throws {
        let change = PriceChange(
            subject: .tool("t"),
            days: DayInterval(),
            old: .price(try Money(decimal: old), per: "call"),
            new: .price(try Money(decimal: new), per: "call")
        )
        #expect(change.percent == percent)
    }

    @Test
    func `Prices of different units have no percentage`() throws {
        let change = PriceChange(
            subject: .tool("t"),
            days: DayInterval(),
            old: .price(try Money(decimal: "1"), per: "call"),
            new: .price(try Money(decimal: "2"), per: "minute")
        )
        #expect(change.percent == nil)
    }

    /// A random change of one day and price is found, on exactly the days on which prices differ.
    @Test
    func `Every day on which two books differ lies in a change, and no other`() throws {
        let seed: UInt64 = 0xd1ff_0001
        var generator = SplitMix64(seed: seed)
        let start = try #require(UTCDay("2026-01-01"))
        func random() -> String {
            var periods: [(String?, String?, String)] = []
            var day = start
            var first: String?
            for index in 0..<3 {
                let last = UTCDay(number: day.number + Int.random(in: 0..<4, using: &generator))
                let price = Int.random(in: 1...3, using: &generator)
                periods.append((first, index == 2 ? nil : last.description, #"{"default": {"input": "\#(price)"}}"#))
                day = UTCDay(number: last.number + 1 + Int.random(in: 0..<2, using: &generator))
                first = day.description
            }
            return Self.model("m", periods)
        }
        for index in 0..<500 {
            let (old, new) = (try Self.book(random()), try Self.book(random()))
            let changes = PriceBookDifference(from: old, to: new).changes
            for offset in -2..<16 {
                let day = UTCDay(number: start.number + offset)
                let prices = [old, new].map {
                    $0.model(named: "m")?.period(on: day)?.tiers["default"]?.listedPrice(.input)
                }
                let found = changes.filter { $0.days.contains(day) }
                #expect(found.count == (prices[0] == prices[1] ? 0 : 1), "seed \(seed), case \(index), \(day)")
                #expect(found.first.map { $0.old?.text } == (found.isEmpty ? nil : .some(prices[0]?.description)))
                #expect(found.first.map { $0.new?.text } == (found.isEmpty ? nil : .some(prices[1]?.description)))
            }
        }
    }
}
