/// Schemas as text for people: the fields in columns, with meanings wrapped to the terminal.
struct SchemaText {
    var schemas: [OutputSchema]
    /// The width to wrap to; `nil` for lines of any length.
    var width: Int?

    var text: String { schemas.map(text(of:)).joined(separator: "\n") }

    private func text(of schema: OutputSchema) -> String {
        var text = DisplayWidth.broken("\(schema.command) --format \(schema.format): \(schema.summary)", width: width)
        text += "\n"
        let cells = schema.fields.map { [$0.name, type($0), $0.unit ?? "-"] }
        let widths = (0..<3).map { column in cells.map { $0[column].count }.max() ?? 0 }
        for (cells, field) in zip(cells, schema.fields) {
            let start =
                "  "
                + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
            let indent = start.count + 2
            guard let width else {
                text += start + "  " + field.meaning + "\n"
                continue
            }
            guard width - indent >= 24 else {
                // In a narrow terminal the meaning stands below, and in a very narrow one the type, too.
                let isVeryNarrow = start.count > width
                text += isVeryNarrow ? "  \(cells[0])\n      \(cells[1])  \(cells[2])\n" : start + "\n"
                for line in DisplayWidth.wrapped(field.meaning, to: max(20, width - 6)) { text += "      \(line)\n" }
                continue
            }
            for (index, line) in DisplayWidth.wrapped(field.meaning, to: width - indent).enumerated() {
                text += (index == 0 ? start + "  " : String(repeating: " ", count: indent)) + line + "\n"
            }
        }
        return text
    }

    /// The type with a question mark for `null`, and with brackets for a key that may be missing.
    private func type(_ field: OutputSchema.Field) -> String {
        let type = field.type.rawValue + (field.isNullable ? "?" : "")
        return field.isOptional ? "[\(type)]" : type
    }
}
