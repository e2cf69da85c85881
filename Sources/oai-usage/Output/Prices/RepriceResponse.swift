import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The result of a reprice, decoded from a gateway's JSON.
struct RepriceResponse {
    var priceVersion: String
    var report: RepriceReport

    /// Creates the result from JSON; `nil` if the text is not such a result.
    init?(json text: String) {
        do throws(JSONDocumentError) {
            let root = try JSONDocument(parsing: text).root.value
            guard let version = root["price_version"]?.string, case .array? = root["rows"] else { return nil }
            let rows = (root["rows"]?.elements ?? []).compactMap(Self.row)
            guard rows.count == root["rows"]?.elements.count else { return nil }
            priceVersion = version
            report = RepriceReport(rows: rows)
            report.prunedBefore = root["pruned_before"]?.string.flatMap(PruneRequest.microseconds(_:))
        } catch {
            return nil
        }
    }

    private static func row(_ value: JSONDocument.Value) -> RepriceRow? {
        func count(_ name: String) -> Int64? { value[name]?.number.flatMap { Int64($0) } }
        guard let project = value["project"]?.string, let calls = count("calls"), let changed = count("changed_calls"),
            let written = count("written_calls"), let oldUnpriced = count("old_unpriced_calls"),
            let newUnpriced = count("new_unpriced_calls"), let old = value["old_cost_usd"],
            let new = value["new_cost_usd"]
        else { return nil }
        var row = RepriceRow(project: project, model: value["model"]?.string)
        row.calls = calls
        row.changed = changed
        row.written = written
        row.oldUnpriced = oldUnpriced
        row.newUnpriced = newUnpriced
        for (value, path) in [(old, \RepriceRow.oldPicoUSD), (new, \RepriceRow.newPicoUSD)] {
            if case .null = value { continue }
            guard let sum = (value.number ?? value.string).flatMap({ MoneySum(decimal: $0) }) else { return nil }
            row[keyPath: path] = sum.picoUSD
        }
        return row
    }
}
