package import OpenAIUsage

/// The cost of a call by a price book, line by line, beside the cost in the ledger.
package struct CostComparison: Sendable {
    /// The call.
    package let record: CallRecord
    /// The cost by the book, with its lines.
    package let explanation: PriceExplanation

    /// Prices a call by a book.
    package init(_ record: CallRecord, book: PriceBook) {
        self.record = record
        explanation = book.explanation(of: record)
    }

    /// True if the book yields the cost in the ledger.
    package var isSame: Bool {
        let cost = explanation.cost
        return cost.picoUSD == record.cost.picoUSD && cost.status == record.cost.status
            && cost.reason == record.cost.reason
    }

    /// True if the book yields another cost than it did when the call was priced, which must not happen.
    package var isContradiction: Bool {
        !isSame && record.cost.priceVersion == explanation.cost.priceVersion && isPriced
    }

    /// True if a book has priced the call; in-flight and interrupted calls may not be priced.
    private var isPriced: Bool { record.outcome != .open && record.cost.priceVersion != nil }

    /// The comparison as JSON.
    package var json: JSONDocument.Value {
        func cost(_ cost: CallCost) -> JSONDocument.Value {
            .members([
                "cost_usd": cost.picoUSD.map { .number(Money(picoUSD: $0).description) } ?? .null,
                "cost_status": .string(cost.status.rawValue), "cost_reason": .text(cost.reason?.rawValue),
                "cost_upper_bound_usd": cost.upperBoundPicoUSD.map { .number(Money(picoUSD: $0).description) } ?? .null,
                "price_version": .text(cost.priceVersion),
            ])
        }
        return .members([
            "id": .string(record.id.description), "request_id": .text(record.requestID),
            "started_at": .string(TimestampText.utc(record.startedAtMicroseconds)), "project": .string(record.project),
            "model": .text(explanation.model), "priced_as": .text(explanation.pricedAs),
            "tier": .text(explanation.tier), "origin": .text(explanation.origin?.rawValue),
            "lines": .elements(explanation.lines.map(Self.json)),
            "gaps": .elements(
                explanation.gaps.map { gap in
                    .members([
                        "item": .string(gap.item), "quantity": .text(gap.quantity),
                        "reason": .string(gap.reason.rawValue),
                    ])
                }
            ),
            "book": cost(explanation.cost), "ledger": cost(record.cost), "is_same": .bool(isSame),
        ])
    }

    private static func json(_ line: PriceExplanation.Line) -> JSONDocument.Value {
        .members([
            "part": .string(line.part.rawValue), "item": .string(line.item), "model": .text(line.model),
            "quantity": .string(line.quantity), "unit": .string(line.unit),
            "price_usd": .number(line.price.description),
            "units_per_price": .integer(line.unitsPerPrice), "billed_as": .text(line.billedAs),
            "tier": .text(line.tier), "period": .string(line.period),
            "modifiers": .elements(
                line.modifiers.map {
                    .members(["name": .string($0.name), "factor": .text($0.factor), "level": .text($0.level)])
                }
            ),
            "subtotal_usd": .number(line.subtotal.description),
        ])
    }
}
