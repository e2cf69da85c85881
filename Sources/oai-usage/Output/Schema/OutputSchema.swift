import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// A machine format of a command: its keys or columns in the order in which they are written.
struct OutputSchema: Sendable {
    /// A key of JSON or a column of CSV.
    struct Field: Sendable, Equatable {
        /// The name; in JSON a path with periods, `[]` for each element, and `NAME` in capitals for names of data.
        var name: String
        var type: FieldType
        /// The unit; `nil` for none.
        var unit: String?
        /// True if the value may be `null`, or an empty cell.
        var isNullable = false
        /// True if the key may be missing.
        var isOptional = false
        var meaning: String
    }

    /// The type of a value.
    enum FieldType: String, Sendable {
        case string, integer, number, boolean, object, array
        /// An RFC 3339 time in UTC.
        case time
        /// A day as `2026-11-29`.
        case day
        /// A decimal number with every digit in a string.
        case decimal
        /// The provider's own object, verbatim.
        case any
    }

    /// The command, without the program's name.
    var command: String
    /// The value of `--format`.
    var format: String
    var summary: String
    var fields: [Field]

    /// All machine formats, by command.
    static let all: [OutputSchema] =
        [
            reportJSON, reportCSV, callsJSONL, callsJSON, callsCSV, showJSON, limitsJSON, limitsCSV, repriceJSON,
            repriceCSV,
            repriceHistoryJSON, repriceHistoryCSV,
            pruneJSON, wasteJSON, wasteCSV, budgetJSON, budgetCSV, reconcileJSON, reconcileCSV, doctorJSON,
            doctorCSV, glanceJSON, glanceCSV, statuslineJSON, topJSON, topCSV, ledgerCheckJSON, ledgerCheckCSV,
        ] + exports + prices + [configShowJSON, configShowCSV, configCheckJSON, configCheckCSV, schemaJSON, schemaCSV]

    /// The formats of a command, or of the commands of a group.
    static func of(_ command: String) -> [OutputSchema] {
        all.filter { $0.command == command || $0.command.hasPrefix(command + " ") }
    }

    /// The fields of schemas, a row each.
    static func table(_ schemas: [OutputSchema]) -> Table {
        let names = ["command", "format", "name", "type", "unit", "nullable", "optional", "meaning"]
        var table = Table(columns: names.map { .init(name: $0) })
        table.rows = schemas.flatMap { schema in
            schema.fields.map { field in
                [
                    schema.command, schema.format, field.name, field.type.rawValue, field.unit ?? "",
                    String(field.isNullable), String(field.isOptional), field.meaning,
                ]
            }
        }
        return table
    }

    /// The schemas as JSON.
    static func json(_ schemas: [OutputSchema]) -> JSONDocument.Value {
        .elements(
            schemas.map { schema in
                .members([
                    "command": .string(schema.command), "format": .string(schema.format),
                    "summary": .string(schema.summary),
                    "fields": .elements(
                        schema.fields.map { field in
                            .members([
                                "name": .string(field.name), "type": .string(field.type.rawValue),
                                "unit": .text(field.unit), "nullable": .bool(field.isNullable),
                                "optional": .bool(field.isOptional), "meaning": .string(field.meaning),
                            ])
                        }
                    ),
                ])
            }
        )
    }
}

extension OutputSchema.Field {
    /// Creates a field of which a value is always known.
    init(_ name: String, _ type: OutputSchema.FieldType, _ meaning: String) {
        self.init(name: name, type: type, meaning: meaning)
    }

    /// Creates a field with a unit of which a value is always known.
    init(_ name: String, _ type: OutputSchema.FieldType, _ unit: String, _ meaning: String) {
        self.init(name: name, type: type, unit: unit, meaning: meaning)
    }

    /// The field with values that may be unknown.
    var nullable: Self { with { $0.isNullable = true } }
    /// The field with a key that may be missing.
    var optional: Self { with { $0.isOptional = true } }

    /// The field as a column of CSV: what may be missing, or is an empty object, is an empty cell.
    var ofCSV: Self {
        with { field in
            if field.isOptional || [.object, .array, .any].contains(field.type) { field.isNullable = true }
            field.isOptional = false
        }
    }

    /// The field within an object or an array of objects.
    func within(_ path: String) -> Self { with { $0.name = path + "." + name } }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var field = self
        change(&field)
        return field
    }
}

extension [OutputSchema.Field] {
    /// The fields within an object or an array of objects.
    func within(_ path: String) -> Self { map { $0.within(path) } }

    /// The field with a name; its nullability is kept.
    func named(_ names: [String]) -> Self { names.flatMap { name in filter { $0.name == name } } }
}
