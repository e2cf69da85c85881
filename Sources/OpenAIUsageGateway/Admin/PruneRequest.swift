import OpenAIUsage
package import OpenAIUsageLedger
import OpenAIUsagePricing

/// The body of a prune request.
///
/// ```json
/// {"before": "2025-11-01T00:00:00Z", "dry_run": false, "ledger": "/var/lib/oai-usage/ledger.db"}
/// ```
package struct PruneRequest: Sendable, Equatable {
    /// The calls to prune.
    package var query: PruneQuery
    /// The path of the ledger that the gateway must have; `nil` for any.
    package var ledger: String?

    /// Creates a request.
    package init(query: PruneQuery, ledger: String?) {
        self.query = query
        self.ledger = ledger
    }

    /// Parses a body.
    package init(json text: String) throws(RepriceRequest.Mistake) {
        typealias Mistake = RepriceRequest.Mistake
        let root: JSONDocument.Value
        do throws(JSONDocumentError) {
            root = try JSONDocument(parsing: text).root.value
        } catch {
            throw Mistake(description: "The body is not JSON: \(error).")
        }
        let known = ["before", "dry_run", "ledger"]
        if let unknown = root.members.first(where: { !known.contains($0.name) }) {
            throw Mistake(description: "\"\(unknown.name)\" is not known; known are \(known.joined(separator: ", ")).")
        }
        guard let time = root["before"]?.string.flatMap(Self.microseconds(_:)) else {
            throw Mistake(description: "\"before\" must be a time in UTC, as \"2025-11-01T00:00:00Z\".")
        }
        query = PruneQuery(before: time)
        switch root["dry_run"] {
        case nil: break
        case .bool(let value)?: query.isDryRun = value
        default: throw Mistake(description: "\"dry_run\" must be true or false.")
        }
        switch root["ledger"] {
        case nil: break
        case .string(let path)?: ledger = path
        default: throw Mistake(description: "\"ledger\" must be a path.")
        }
    }

    /// Parses a time such as `2026-11-01T00:00:00.25Z`; `nil` if it is invalid.
    package static func microseconds(_ text: String) -> Int64? { RepriceRequest.microseconds(text) }

    /// The body as JSON.
    package var json: String {
        let (before, isDryRun) = (TimestampText.utc(query.beforeMicroseconds), query.isDryRun)
        guard let ledger else {
            return JSONDocument.Value.members(["before": .string(before), "dry_run": .bool(isDryRun)]).line
        }
        return JSONDocument.Value.members([
            "before": .string(before), "dry_run": .bool(isDryRun), "ledger": .string(ledger),
        ]).line
    }
}
