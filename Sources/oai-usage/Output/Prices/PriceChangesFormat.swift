import ArgumentParser
import OpenAIUsagePricing

/// The output formats for price changes.
enum PriceChangesFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv, markdown

    /// Writes the changes.
    func write(_ changes: [PriceChange]) {
        switch self {
        case .text:
            if changes.isEmpty { StandardError.write("Nothing changes.") }
            StandardOutput.write(PriceChangesText.text(changes))
        case .json:
            StandardOutput.write(JSONDocument.Value.elements(changes.map(Self.json)).indented + "\n")
        case .csv, .markdown:
            var table = Table(
                columns: ["subject", "name", "project", "item", "from", "to", "old", "new", "per", "percent"]
                    .map { Table.Column(name: $0) }
            )
            table.rows = changes.map { change in
                [
                    change.subject.kind, change.subject.name, change.project ?? "", change.item ?? "",
                    change.days.first?.description ?? "", change.days.last?.description ?? "",
                    change.old?.text ?? "", change.new?.text ?? "", (change.new ?? change.old)?.unit ?? "",
                    change.decimalPercent ?? "",
                ]
            }
            StandardOutput.write(self == .csv ? table.csv : table.markdown)
        }
    }

    private static func json(_ change: PriceChange) -> JSONDocument.Value {
        .members([
            change.subject.kind: .string(change.subject.name), "project": change.project.map { .string($0) },
            "names": change.subject.names.map { .elements($0.map { .string($0) }) },
            "item": .text(change.item), "from": .text(change.days.first?.description),
            "to": .text(change.days.last?.description), "old": .text(change.old?.text),
            "new": .text(change.new?.text), "per": .text((change.new ?? change.old)?.unit),
            "percent": change.decimalPercent.map { .number($0) } ?? .null,
        ])
    }
}

extension PriceChange.Subject {
    /// The kind of the subject.
    var kind: String {
        switch self {
        case .model: "model"
        case .tool: "tool"
        case .rule: "rule"
        }
    }

    /// The name of the subject; for a model, the first of its names.
    var name: String {
        switch self {
        case .model(let names): names.first ?? ""
        case .tool(let name), .rule(let name): name
        }
    }

    /// All names of a model; `nil` for other subjects.
    var names: [String]? {
        if case .model(let names) = self { return names }
        return nil
    }
}
