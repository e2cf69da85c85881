import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct PriceOutputTests {
    private static let file = """
        {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", "models": [
        {"id": "gpt-4o-mini", "ids": ["gpt-4o-mini"], "kind": "text", "periods": [
        {"from": null, "to": "2026-10-31", "per_1m": {"default": {"input": "0.15", "output": "0.6"}}},
        {"from": "2026-11-01", "to": null, "per_1m": {"default": {"input": "0.12", "output": "0.6"}}}]},
        {"id": "house-model", "ids": ["house-model"], "kind": "text", "periods": [
        {"from": null, "to": null, "per_1m": {"default": {"input": "2", "output": "8"}}}]}],
        "tools": [{"id": "web_search", "unit": "call", "periods": [{"from": null, "to": null, "price": "0.012"}]}],
        "projects": {"proj_a": {"models": [
        {"id": "house-model", "ids": ["house-model"], "kind": "text", "periods": [
        {"from": null, "to": null, "per_1m": {"default": {"input": "1", "output": "8"}}}]}]}}}
        """

    private static func record(project: String = "proj_b") -> CallRecord {
        var record = CallRecord(
            id: CallID(rawValue: 0x33_0e11_d9a1_5b07),
            startedAt: 1_795_435_200_000_000,
            source: .gateway,
            method: "POST",
            host: "eu.api.openai.com",
            path: "/v1/responses"
        )
        record.outcome = .completed
        record.status = 200
        record.project = project
        record.requestID = "req_1"
        record.model = "gpt-5.4-2026-03-05"
        record.serviceTier = "fast"
        record.requestedServiceTier = "auto"
        record.usageState = .reported
        record.usage[.inputTokens] = 12_000
        record.usage[.cachedInputTokens] = 2_000
        record.usage[.outputTokens] = 1
        record.toolCalls = ["web_search": 2, "teleport": 1]
        record.cost = PriceBook.bundled.cost(of: record)
        return record
    }

    @Test
    func `Changes are told in words and percent, under what they are about`() throws {
        let new = PriceBook.bundled.layered(with: try PriceBook(json: Self.file))
        let text = PriceChangesText.text(PriceBookDifference(from: .bundled, to: new).changes)
        #expect(
            text == """
                gpt-4o-mini, gpt-4o-mini-2024-07-18
                  until 2024-07-17: default is new: input $0.15, output $0.6 per 1,000,000 tokens
                  from 2024-07-18: batch is gone, was input $0.075, output $0.3 per 1,000,000 tokens
                  from 2024-07-18: default cached_input is gone, was $0.075 per 1,000,000 tokens
                  from 2024-07-18: priority is gone, was cached_input $0.125, input $0.25, output $1 per 1,000,000 tokens
                  from 2026-11-01: default input goes from $0.15 to $0.12 per 1,000,000 tokens (-20%)

                house-model
                  is new (text)
                  default is new: input $2, output $8 per 1,000,000 tokens

                tool web_search
                  fee goes from $0.01 to $0.012 per call (+20%)

                house-model, in project proj_a
                  default input is new: $1 per 1,000,000 tokens

                """
        )
    }

    @Test
    func `A cost is explained line by line, and agrees with the row`() {
        let sheet = CostDetail(record: Self.record(), book: .bundled)
        #expect(sheet.isSame && !sheet.isContradiction)
        #expect(
            sheet.text == """
                Call 00330e11d9a15b07, req_1
                  started at  2026-11-23T12:00:00.000000Z
                  project     proj_b
                  host        eu.api.openai.com
                  model       gpt-5.4-2026-03-05, priced as gpt-5.4
                  tier        priority (served fast, asked for auto)

                ITEM               QUANTITY  PRICE               TIMES                  PERIOD          SUBTOTAL
                input         10,000 tokens  x $5 / 1,000,000    x 1.1 regional uplift  2026-03-05...     $0.055
                cached_input   2,000 tokens  x $0.5 / 1,000,000  x 1.1 regional uplift  2026-03-05...    $0.0011
                output              1 token  x $30 / 1,000,000   x 1.1 regional uplift  2026-03-05...  $0.000033
                web_search          2 calls  x $0.01                                    any day            $0.02
                TOTAL                                                                                  $0.076133

                Without a price
                  1 teleport: the fee of the tool is not known

                The ledger says the same, to the last digit: $0.076133, the known part (the fee of the tool is not known), by the price book 2026-11-30.

                """
        )
    }

    @Test
    func `Another book's cost is told beside the row's`() throws {
        let book = PriceBook.bundled.layered(with: try PriceBook(json: Self.file))
        let sheet = CostDetail(record: Self.record(), book: book)
        #expect(!sheet.isSame && !sheet.isContradiction)
        #expect(
            sheet.text.hasSuffix(
                "The ledger says $0.076133, the known part (the fee of the tool is not known), by the price book "
                    + "2026-11-30. This one, \(book.version), gives $0.080133, the known part (the fee of the tool is "
                    + "not known). To price the call by it, run 'oai-usage reprice'.\n"
            )
        )
        var other = Self.record()
        other.toolCalls = [:]
        other.cost = PriceBook.bundled.cost(of: other)
        let same = CostDetail(record: other, book: book)
        #expect(same.isSame)
        #expect(same.text.contains("Another price book has priced the call, 2026-11-30; this one is \(book.version)."))
    }

    @Test
    func `A row that its own book does not give is a contradiction`() {
        var record = Self.record()
        record.cost.picoUSD = 1
        #expect(CostDetail(record: record, book: .bundled).isContradiction)
        record.outcome = .open
        #expect(!CostDetail(record: record, book: .bundled).isContradiction)
    }

    @Test(arguments: [
        (CallCost(status: .none), "The ledger says the same: nothing to price"),
        (CallCost(picoUSD: 0, status: .free), "The ledger says the same, to the last digit: $0, a free endpoint."),
    ])
    func `A call that costs nothing says why`(cost: CallCost, conclusion: String) {
        var record = Self.record()
        record.usage = TokenUsage()
        record.toolCalls = [:]
        if cost.status == .free { record.endpoint = Endpoint(method: "GET", path: "/v1/models") }
        record.cost = cost
        let sheet = CostDetail(record: record, book: .bundled)
        #expect(sheet.isSame)
        #expect(sheet.text.contains(conclusion))
    }

    @Test
    func `Every reason has words`() {
        #expect(Set(CostReason.known.map(\.sentence)).count == CostReason.known.count)
    }

    @Test
    func `An explanation's JSON holds the lines, and both costs`() throws {
        let json = CostDetail(record: Self.record(project: "proj_a"), book: .bundled).json
        let read = try JSONDocument(parsing: json.line).root.value
        var sum = MoneySum()
        for line in read["lines"]?.elements ?? [] {
            sum += try Money(decimal: try #require(line["subtotal_usd"]?.number))
        }
        #expect(sum.description == read["book"]?["cost_usd"]?.number)
        #expect(read["ledger"]?["cost_usd"]?.number == "0.076133")
        #expect(read["gaps"]?.elements.first?["item"]?.string == "teleport")
        #expect(read["project"]?.string == "proj_a")
    }

    @Test
    func `A gateway's report is read as it was written`() throws {
        var rows: [RepriceRow] = []
        for index in 0..<5 {
            var row = RepriceRow(project: "p\(index)", model: index == 0 ? nil : "m")
            row.calls = Int64(index)
            row.changed = 1
            row.written = 2
            row.oldPicoUSD = index == 1 ? nil : 10_000_000_000_000_000_000_000 + Int128(index)
            row.newPicoUSD = index == 2 ? nil : -1
            row.oldUnpriced = 3
            row.newUnpriced = 4
            rows.append(row)
        }
        let report = RepriceReport(rows: rows)
        let json = report.json(RepriceQuery(from: 0, to: 1), priceVersion: "v+1")
        let answer = try #require(RepriceResponse(json: json))
        #expect(answer.report == report)
        #expect(answer.priceVersion == "v+1")
        for broken in [
            "", "{}", "[]", json.replacing("\"calls\"", with: "\"call\""),
            json.replacing(":-0", with: ":\"x\",\"y\":0"),
        ] {
            #expect(RepriceResponse(json: broken) == nil)
        }
    }

    @Test
    func `Findings are written as compilers do`() {
        let finding = PriceBook.findings(
            in: #"{"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "EUR"}"#
        )
        #expect(
            finding.map { PriceFindings.line($0, "my.json") } == [
                #"my.json:1:66: error: currency: "EUR" is not understood; it must be "USD""#
            ]
        )
        #expect(PriceFindings.counts(errors: 1, warnings: 0) == "1 error, 0 warnings")
    }

    @Test
    func `A name without a price is answered with those that are like it`() {
        let text = UnknownNameMessage(name: "gpt-6.2-so", book: .bundled).description
        #expect(text.contains("holds no gpt-6.2-so, and no price is guessed. There is gpt-6.2-sol;"))
        #expect(UnknownNameMessage(name: "zzz", book: .bundled).description.contains("See 'oai-usage prices list';"))
    }

    @Test
    func `A model's sheet shows every tier and period, and what is billed as something else`() throws {
        let model = try #require(PriceBook.bundled.model(named: "gpt-4o-mini-2024-07-18"))
        let sheet = ModelPriceDetail(name: "azure/gpt-4o-mini", model: model, book: .bundled)
        let expected = """
            gpt-4o-mini (text), built in
              azure/gpt-4o-mini is priced as gpt-4o-mini
              also gpt-4o-mini-2024-07-18

            From 2024-07-18 (two_sources; litellm-1.109.1; tokencost-0.1.26)

            USD per 1,000,000 tokens
            TIER      INPUT  CACHED INPUT  OUTPUT
            default    0.15         0.075     0.6
            batch     0.075       (0.075)     0.3
            priority   0.25         0.125       1
            In parentheses: these tokens have no price of their own, and that of another kind.
            """
        #expect(sheet.text.hasPrefix(expected))
        let sol = try #require(PriceBook.bundled.model(named: "gpt-6.2-sol"))
        let text = ModelPriceDetail(name: sol.id, model: sol, book: .bundled).text
        #expect(text.contains("From 2026-11-17 until 2027-02-28"))
        #expect(text.contains("From 2027-03-01"))
        #expect(text.contains("Above 272,000 input tokens, for the whole request"))
        #expect(text.contains("x 1.1 at hosts of a region"))
    }
}
