import OpenAIUsagePricing

/// Price changes in words.
enum PriceChangesText {
    /// Returns the changes as sentences, grouped under their subjects.
    static func text(_ changes: [PriceChange]) -> String {
        var text = ""
        var heading: String?
        var rest = changes[...]
        while let change = rest.first {
            let next = Self.heading(change)
            if next != heading {
                text += (heading == nil ? "" : "\n") + next + "\n"
                heading = next
            }
            // Prices of one tier that are added or removed together share a line.
            let together = rest.prefix { isAlike($0, change) }
            let run = together.isEmpty ? rest.prefix(1) : together
            text += "  \(run.count == 1 ? sentence(change) : sentence(Array(run)))\n"
            rest = rest.dropFirst(run.count)
        }
        return text
    }

    private static func heading(_ change: PriceChange) -> String {
        let project = change.project.map { ", in project \($0)" } ?? ""
        switch change.subject {
        case .model(let names): return names.joined(separator: ", ") + project
        case .tool(let id): return "tool \(id)\(project)"
        case .rule(let name): return "rule \(name)\(project)"
        }
    }

    /// Splits an item at its last blank: `long_context batch` and `input`.
    private static func parts(_ item: String?) -> (whole: String, part: String)? {
        guard let item, let blank = item.lastIndex(of: " ") else { return nil }
        return (String(item[..<blank]), String(item[item.index(after: blank)...]))
    }

    private static func isAlike(_ change: PriceChange, _ first: PriceChange) -> Bool {
        guard change.project == first.project, change.subject == first.subject, change.days == first.days,
            let whole = parts(change.item)?.whole, whole == parts(first.item)?.whole
        else { return false }
        let units = [change.old, change.new, first.old, first.new].compactMap { $0?.unit }
        return units.count == 2 && units[0] == units[1] && (change.old == nil) == (first.old == nil)
            && (change.new == nil) == (first.new == nil)
    }

    private static func sentence(_ run: [PriceChange]) -> String {
        let isGone = run[0].new == nil
        let prices = run.map { "\(parts($0.item)?.part ?? "") $\(($0.new ?? $0.old)?.text ?? "")" }
        let whole = parts(run[0].item)?.whole ?? ""
        let unit = (run[0].new ?? run[0].old)?.unit ?? ""
        return days(run[0])
            + "\(whole) \(isGone ? "is gone, was" : "is new:") \(prices.joined(separator: ", ")) per \(unit)"
    }

    private static func days(_ change: PriceChange) -> String {
        change.days == DayInterval() ? "" : change.days.phrase + ": "
    }

    private static func sentence(_ change: PriceChange) -> String {
        let item = change.item ?? ""
        let days = days(change)
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
}
