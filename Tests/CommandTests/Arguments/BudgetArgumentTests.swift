import Foundation
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct BudgetArgumentTests {
    @Test func `A budget is a name, an amount, a unit and conditions`() throws {
        let text = "search=12.50/week project=search project=find* tag:team=web zone=Europe/Berlin at=100:50"
        let budget = try #require(BudgetArgument(argument: text)?.budget)
        #expect(budget.name == "search" && budget.amountPicoUSD == 12_500_000_000_000 && budget.unit == .week)
        #expect(budget.timeZone.identifier == "Europe/Berlin" && budget.thresholds == [50, 100])
        #expect(budget.filter.values(.project) == ["search", "find*"] && budget.filter.values(.tag("team")) == ["web"])
        #expect(BudgetArgument(argument: "a=$5/day")?.budget?.thresholds == [50, 80, 100])
    }

    @Test func `Amounts reach a million million dollars, and names a hundred bytes`() throws {
        let year = try #require(BudgetArgument(argument: "a=10000000/year")?.budget)
        #expect(year.amountPicoUSD == Int128(10_000_000) * 1_000_000_000_000)
        #expect(BudgetArgument(argument: "a=1000000000000/year")?.budget != nil)
        let name = String(repeating: "\u{e9}", count: 50)
        #expect(BudgetArgument(argument: "\(name)=5/day")?.budget?.name == name)
    }

    @Test(
        arguments: [
            "", "500/month", "=5/day", "a=5", "a=5/fortnight", "a=x/day", "a=-5/day", "a=0/day", "a=5/day project",
            "a=5/day zone=Mars/Olympus", "a=5/day at=0", "a=5/day at=x", "a=5/day projekt=x", "a=5/day month=2026-10",
            "a=5/day project=", "a=1000000000000.01/day", "a=0.0000000000001/day", "a=1e400/day",
            "a=5/day zone=UTC zone=UTC",
            "a=5/day at=50 at=80", "a\u{1}=5/day", "a\u{202E}b=5/day", String(repeating: "x", count: 101) + "=5/day",
        ]
    )
    func `What is wrong is said`(_ text: String) throws {
        let argument = try #require(BudgetArgument(argument: text))
        #expect(argument.budget == nil)
        #expect(argument.problem?.isEmpty == false)
    }
}
