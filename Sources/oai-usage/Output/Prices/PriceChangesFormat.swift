import ArgumentParser
import OpenAIUsagePricing

/// How changes of prices are written.
enum PriceChangesFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv

    /// Writes changes.
    func write(_ changes: [PriceChange]) {
        switch self {
        case .text:
            if changes.isEmpty { StandardError.write("Nothing changes.") }
            StandardOutput.write(Self.text(changes))
        case .json:
            StandardOutput.write(JSONDocument.Value.elements(changes.map(Self.json)).indented + "\n")
        case .csv:
            var table = Table(
                columns: ["subject", "name", "project", "item", "from", "to", "old", "new", "per", "percent"]
                    .map { Table.Column(name: $0) }
            )
            table.rows = changes.map { change in
                [
                    change.subject.kind, change.subject.name, change.project ?? "", change.item ?? "",
                    change.days.first?.description ?? "", change.days.last?.description ?? "",
                    change.old?.text ?? "", change.new?.text ?? "", (change.new ?? change.old)?.unit ?? "",
                    change.percent ?? "",
                ]
            }
            StandardOutput.write(table.csv)
        }
    }

    /// The changes in words, under what they are about.
    static func text(_ changes: [PriceChange]) -> String {
        var text = ""
        var heading: String?
        for change in changes {
            let next = Self.heading(change)
            if next != heading {
                text += (heading == nil ? "" : "\n") + next + "\n"
                heading = next
            }
            text += "  \(sentence(change))\n"
        }
        return text
    }

    private static func heading(_ change: PriceChange) -> String {
        let project = change.project.map { ", in project \($0)" } ?? ""
        switch change.subject {
        case .model(let names): return names.joined(separator: ", ") + project
        case .tool(let id): return "tool \(id)\(project)"
        case .rule(let name): return "rule \(name)"
        }
    }

    private static func sentence(_ change: PriceChange) -> String {
        let item = change.item ?? ""
        let days = change.days == DayInterval() ? "" : change.days.phrase + ": "
        func amount(_ value: PriceChange.Value) -> String {
            value.unit.map { "$\(value.text) per \($0)" } ?? value.text
        }
        switch (change.old, change.new) {
        case (let old?, nil) where change.item == nil && change.subject.kind == "model":
            return "is gone (\(old.text)): calls of it would have no price"
        case (nil, let new?) where change.item == nil && change.subject.kind == "model": return "is new (\(new.text))"
        case (let old?, let new?):
            let percent = change.percent.map { " (\($0))" } ?? ""
            if old.unit == new.unit, let unit = new.unit {
                return "\(days)\(item) goes from $\(old.text) to $\(new.text) per \(unit)\(percent)"
            }
            return "\(days)\(item.isEmpty ? "" : item + " ")changes from \(amount(old)) to \(amount(new))"
        case (let old?, nil): return "\(days)\(item.isEmpty ? "it" : item) is gone, was \(amount(old))"
        case (nil, let new?): return "\(days)\(item.isEmpty ? "it" : item) is new: \(amount(new))"
        case (nil, nil): return item
        }
    }

    private static func json(_ change: PriceChange) -> JSONDocument.Value {
        .members([
            change.subject.kind: .string(change.subject.name), "project": change.project.map { .string($0) },
            "names": change.subject.names.map { .elements($0.map { .string($0) }) },
            "item": .text(change.item), "from": .text(change.days.first?.description),
            "to": .text(change.days.last?.description), "old": .text(change.old?.text),
            "new": .text(change.new?.text), "per": .text((change.new ?? change.old)?.unit),
            "percent": .text(change.percent),
        ])
    }
}

extension PriceChange.Subject {
    /// What kind of thing it is.
    var kind: String {
        switch self {
        case .model: "model"
        case .tool: "tool"
        case .rule: "rule"
        }
    }

    /// The name of the thing.
    var name: String {
        switch self {
        case .model(let names): names.first ?? ""
        case .tool(let name), .rule(let name): name
        }
    }

    /// All names of a model.
    var names: [String]? {
        if case .model(let names) = self { return names }
        return nil
    }
}
