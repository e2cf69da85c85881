import GRDB
import OpenAIUsage

/// A filter as a condition of SQL.
struct FilterClause {
    /// The conditions, to be joined by AND.
    private(set) var conditions: [String] = []
    /// Their arguments.
    private(set) var arguments: [any DatabaseValueConvertible] = []

    /// Adds a condition.
    mutating func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
        conditions.append(condition)
        arguments += values
    }

    /// Adds the conditions of a filter.
    mutating func add(_ filter: CallFilter, _ names: LabelNames) {
        add(filter.projects, .project, ["project"], names)
        add(filter.models, .model, ["model", "request_model"], names)
        add(filter.endpoints, .endpoint, ["endpoint"], names)
        add(filter.organizations, .organization, ["organization"], names)
        add(filter.clients, .client, ["client"], names)
        add(filter.serviceTiers, .serviceTier, ["service_tier"], names)
        addKeys(filter.keys, names)
        if !filter.outcomes.isEmpty {
            conditions.append("outcome IN (\(Self.placeholders(filter.outcomes.count)))")
            arguments += filter.outcomes.map(\.rawValue)
        }
        for (key, value) in filter.tags.pairs { addTag(key, value, names) }
    }

    /// The conditions as a WHERE clause, or nothing.
    var text: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    private mutating func add(_ values: [String], _ kind: LabelKind, _ columns: [String], _ names: LabelNames) {
        guard !values.isEmpty else { return }
        let wanted = Set(values)
        let numbers = names.numbers(kind, where: wanted.contains)
        // A value beyond the capacity of its kind stands in the row itself.
        let list = Self.placeholders(numbers.count + values.count)
        var alternatives: [String] = []
        for column in columns {
            alternatives.append("\(column) IN (\(list))")
            arguments += numbers
            arguments += values
        }
        conditions.append("(\(alternatives.joined(separator: " OR ")))")
    }

    private mutating func addKeys(_ parts: [String], _ names: LabelNames) {
        guard !parts.isEmpty else { return }
        let numbers = names.numbers(.key) { text in parts.contains { text.contains($0) } }
        var alternatives = ["key IN (\(Self.placeholders(numbers.count)))"]
        arguments += numbers
        for part in parts {
            alternatives.append("(typeof(key) = 'text' AND instr(key, ?) > 0)")
            arguments.append(part)
        }
        conditions.append("(\(alternatives.joined(separator: " OR ")))")
    }

    private mutating func addTag(_ key: String, _ value: String, _ names: LabelNames) {
        let numbers = names.numbers(.tags) { CompactJSON.tags($0)[key] == value }
        conditions.append(
            """
            (tags IN (\(Self.placeholders(numbers.count))) OR (typeof(tags) = 'text' AND EXISTS
                (SELECT 1 FROM json_each(tags) AS tag WHERE tag.key = ? AND tag.value = ?)))
            """
        )
        arguments += numbers
        arguments += [key, value]
    }

    private static func placeholders(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }
}
