import OpenAIUsage
package import OpenAIUsageLedger
import OpenAIUsagePricing

/// The body of a reprice request.
///
/// ```json
/// {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "projects": ["proj_a"], "models": [], "dry_run": true}
/// ```
package struct RepriceRequest: Sendable, Equatable {
    /// The reason why a body is invalid.
    package struct Mistake: Error, CustomStringConvertible {
        /// The reason, as a sentence.
        package var description: String
    }

    /// The calls to reprice.
    package var query: RepriceQuery

    /// Creates a request.
    package init(query: RepriceQuery) {
        self.query = query
    }

    /// Parses a body.
    package init(json text: String) throws(Mistake) {
        let root: JSONDocument.Value
        do throws(JSONDocumentError) {
            root = try JSONDocument(parsing: text).root.value
        } catch {
            throw Mistake(description: "The body is not JSON: \(error).")
        }
        let known = ["from", "to", "projects", "models", "dry_run"]
        if let unknown = root.members.first(where: { !known.contains($0.name) }) {
            throw Mistake(description: "\"\(unknown.name)\" is not known; known are \(known.joined(separator: ", ")).")
        }
        query = RepriceQuery(from: try Self.time(root, "from"), to: try Self.time(root, "to"))
        guard query.fromMicroseconds < query.toMicroseconds else {
            throw Mistake(description: "\"from\" must be before \"to\".")
        }
        query.filter.require(.project, try Self.list(root, "projects"))
        query.filter.require(.model, try Self.list(root, "models"))
        switch root["dry_run"] {
        case nil: break
        case .bool(let value)?: query.isDryRun = value
        default: throw Mistake(description: "\"dry_run\" must be true or false.")
        }
    }

    /// The body as JSON.
    package var json: String {
        JSONDocument.Value.members([
            "from": .string(TimestampText.utc(query.fromMicroseconds)),
            "to": .string(TimestampText.utc(query.toMicroseconds)),
            "projects": .elements(query.filter.values(.project).map { .string($0) }),
            "models": .elements(query.filter.values(.model).map { .string($0) }), "dry_run": .bool(query.isDryRun),
        ]).line
    }

    private static func time(_ root: JSONDocument.Value, _ name: String) throws(Mistake) -> Int64 {
        guard let text = root[name]?.string, let time = microseconds(text) else {
            throw Mistake(description: "\"\(name)\" must be a time in UTC, as \"2026-11-01T00:00:00Z\".")
        }
        return time
    }

    private static func list(_ root: JSONDocument.Value, _ name: String) throws(Mistake) -> [String] {
        guard let value = root[name] else { return [] }
        let texts = value.elements.compactMap(\.string)
        guard case .array(let elements) = value, texts.count == elements.count else {
            throw Mistake(description: "\"\(name)\" must be a list of texts.")
        }
        return texts
    }

    /// Parses a time such as `2026-11-01T00:00:00.25Z`; `nil` if it is invalid.
    static func microseconds(_ text: String) -> Int64? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2, let day = UTCDay(String(halves[0])), halves[1].hasSuffix("Z") else { return nil }
        let parts = halves[1].dropLast().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 2, parts[1].utf8.count == 2,
            parts[2].prefix(while: { $0 != "." }).utf8.count == 2, let hour = Int64(parts[0]),
            let minute = Int64(parts[1]), 0...23 ~= hour, 0...59 ~= minute,
            let seconds = try? DecimalText.integer(trimmed(parts[2]), fractionDigits: 6),
            0..<60_000_000 ~= seconds
        else { return nil }
        return Int64(day.number) * 86_400_000_000 + (hour * 60 + minute) * 60_000_000 + seconds
    }

    /// Removes the leading zero of seconds, which a decimal number must not have.
    private static func trimmed(_ text: Substring) -> Substring {
        text.hasPrefix("0") && text.dropFirst().first?.isNumber == true ? text.dropFirst() : text
    }
}
