import OpenAIUsagePricing

/// Discounts in words, and as JSON.
enum DiscountText {
    /// Returns the discounts that concern a model or tool, one a line, the one that precedes first.
    static func lines(_ stated: [Discount.Stated]) -> String {
        var text = ""
        for one in stated {
            for period in one.discount.periods {
                let days = period.days == DayInterval() ? "" : ", \(period.days.phrase)"
                text += "  discount: x \(period.factor) of these prices (\(one.level.phrase))\(days)\n"
            }
        }
        if stated.count > 1 {
            text += "  the first of these discounts that holds on a day applies; they do not multiply\n"
        }
        return text
    }

    /// Returns the discounts as members of a price book's format, with the level of each; `nil` if there are none.
    static func json(_ stated: [Discount.Stated]) -> JSONDocument.Value? {
        guard !stated.isEmpty else { return nil }
        return .elements(
            stated.flatMap { one in
                one.discount.periods.map { period in
                    .members([
                        "level": .string(one.level.rawValue), "from": .text(period.days.first?.description),
                        "to": .text(period.days.last?.description), "factor": .string(period.factor.description),
                    ])
                }
            }
        )
    }
}

extension Discount.Level {
    /// The level in words.
    var phrase: String {
        switch self {
        case .projectModel: "model, for the project"
        case .projectTool: "tool, for the project"
        case .project: "project"
        case .model: "model"
        case .tool: "tool"
        case .book: "whole book"
        }
    }
}
