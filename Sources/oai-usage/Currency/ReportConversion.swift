import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The costs of a report in another currency, each day's at its rate.
///
/// A report sums over days with different rates. It is therefore made once more for each range with one rate, and the
/// converted sums are added; nothing is rounded but at display.
struct ReportConversion {
    let rates: CurrencyRates
    /// The rates that costs were converted by, the earliest first.
    private(set) var used: [CurrencyRates.Rate] = []
    private var amounts: [[String?]: Int128] = [:]
    private var total: Int128 = 0

    /// Converts the costs of a report.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - rates: The rates.
    ///   - first: The start of the first call in microseconds since 1970; `nil` if it is not known.
    ///   - part: Returns the report of a range with the same filter and groups, in full.
    /// - Throws: A ``CommandFailure`` for costs before the first rate, or the error of a ledger.
    init(
        _ report: Report,
        _ rates: CurrencyRates,
        first: Int64?,
        part: (_ from: Int64, _ to: Int64) async throws -> Report
    ) async throws {
        self.rates = rates
        let query = report.query
        let from = min(max(query.fromMicroseconds, first ?? query.fromMicroseconds), query.toMicroseconds - 1)
        for range in rates.parts(from: from, to: query.toMicroseconds) {
            let report = try await part(range.from, range.to)
            guard let cost = report.totals.costPicoUSD, cost != 0 else { continue }
            guard let rate = range.rate else { throw Self.missing(rates, cost) }
            used.append(rate)
            total = try Self.adding(cost, at: rate, to: total)
            for row in report.rows {
                guard let cost = row.costPicoUSD else { continue }
                amounts[row.group] = try Self.adding(cost, at: rate, to: amounts[row.group] ?? 0)
            }
        }
    }

    private static func adding(_ cost: Int128, at rate: CurrencyRates.Rate, to sum: Int128) throws -> Int128 {
        let (amount, isTooLarge) = cost.multipliedReportingOverflow(by: Int128(rate.value))
        let (total, isTotalTooLarge) = sum.addingReportingOverflow(amount)
        guard !isTooLarge, !isTotalTooLarge else {
            throw CommandFailure(
                "\(NumberFormat.dollars(picoUSD: cost)) at the rate \(rate.text) is more than can be counted; check the rate."
            )
        }
        return total
    }

    private static func missing(_ rates: CurrencyRates, _ cost: Int128) -> CommandFailure {
        let first = rates.rates.first?.first.description ?? ""
        let dollars = NumberFormat.dollars(picoUSD: cost)
        return CommandFailure(
            "\(rates.path) has no rate of \(rates.code) before \(first), when calls cost \(dollars); add one, or begin with --since \(first)T00:00 in UTC."
        )
    }

    /// Returns the exact amounts of a report's rows, in their order, scaled by 10^``CurrencyRates/amountDigits``.
    ///
    /// - Parameter report: The report in its order, whose last groups may be summed up as others.
    /// - Returns: The amounts; `nil` where the cost is not known.
    func amounts(of report: Report) -> [Int128?] {
        let times = report.query.groupBy.indices.filter { report.query.groupBy[$0].isTime }
        let shown = Set(report.rows.filter { $0.othersCount == nil }.map(\.group))
        return report.rows.map { row in
            guard row.costPicoUSD != nil else { return nil }
            guard row.othersCount != nil else { return amounts[row.group] ?? 0 }
            return amounts.reduce(Int128(0)) { sum, entry in
                let isOther = !shown.contains(entry.key) && times.allSatisfy { entry.key[$0] == row.group[$0] }
                return isOther ? sum + entry.value : sum
            }
        }
    }

    /// Returns the exact amount of all rows; `nil` if the cost is not known.
    func amount(ofTotals totals: ReportRow) -> Int128? { totals.costPicoUSD == nil ? nil : total }

    /// The rates in a sentence.
    var note: String { Self.note(rates, used) }

    /// Returns the rates that were used in a sentence.
    static func note(_ rates: CurrencyRates, _ used: [CurrencyRates.Rate]) -> String {
        guard let last = used.last else { return "Nothing was converted to \(rates.code)." }
        let earlier = used.count > 1 ? ", after \(used.count - 1) earlier ones from \(used[0].first)" : ""
        return
            "\(rates.code) by \(rates.path): 1 USD is \(last.text) \(rates.code) from \(last.first)\(earlier), each UTC day at its rate. The ledger is in USD."
    }

    /// The currency and the rates as JSON.
    var json: JSONDocument.Value {
        .members([
            "code": .string(rates.code),
            "rates": .elements(
                used.map { .members(["from": .string($0.first.description), "rate": .string($0.text)]) }
            ),
        ])
    }

    /// Adds the converted costs to a report's JSON.
    ///
    /// - Throws: A `JSONDocumentError` for text that is no JSON, which a report never is.
    func json(adding report: Report, to text: String) throws -> String {
        let amounts = amounts(of: report)
        func adding(_ amount: Int128?, to row: JSONDocument.Value) -> JSONDocument.Value {
            let members = row.members.flatMap { member -> [(name: String, value: JSONDocument.Value?)] in
                let own = (name: member.name, value: Optional(member.node.value))
                guard member.name == "cost_usd" else { return [own] }
                return [own, (rates.key, amount.map { .number(CurrencyRates.text($0)) } ?? .null)]
            }
            return .members(members)
        }
        let root = try JSONDocument(parsing: text).root.value
        return .init(
            JSONDocument.Value.members(
                root.members.flatMap { member -> [(name: String, value: JSONDocument.Value?)] in
                    switch member.name {
                    case "group_by": [("currency", json), (member.name, member.node.value)]
                    case "rows":
                        [("rows", .elements(zip(amounts, member.node.value.elements).map(adding)))]
                    case "totals":
                        [("totals", adding(amount(ofTotals: report.totals), to: member.node.value))]
                    default: [(member.name, member.node.value)]
                    }
                }
            ).line
        )
    }
}
