// Checks that compare parts of a book.
extension PriceBookDecoder {
    mutating func check(
        _ days: DayInterval,
        _ position: JSONDocument.Position,
        _ path: String,
        against others: inout [(days: DayInterval, position: JSONDocument.Position)]
    ) {
        if days.isReversed {
            let message = "the period \(days) ends before it begins; exchange \"from\" and \"to\""
            report(.error, .reversedPeriod, position, path, message)
            return
        }
        if let other = others.first(where: { $0.days.overlaps(days) }) {
            let message =
                "the period \(days) shares days with \(other.days) in line \(other.position.line); "
                + "end one on the day before the other begins"
            report(.error, .overlappingPeriods, position, path, message)
        }
        others.append((days, position))
    }

    mutating func checkNames(
        _ models: [(model: ModelPrices, node: Node)],
        _ modelsPath: String,
        _ tools: [(tool: ToolPrices, node: Node)],
        _ toolsPath: String
    ) {
        var owners: [String: JSONDocument.Position] = [:]
        for (model, node) in models {
            for name in model.names {
                if let owner = owners[name] {
                    let message = "\"\(name)\" has prices already, in the model of line \(owner.line)"
                    report(.error, .duplicateID, node.position, "\(modelsPath).\(model.id).ids", message)
                } else {
                    owners[name] = node.position
                }
            }
        }
        owners = [:]
        for (tool, node) in tools {
            if let owner = owners[tool.id] {
                let message = "\"\(tool.id)\" has a fee already, in line \(owner.line)"
                report(.error, .duplicateID, node.position, "\(toolsPath).\(tool.id).id", message)
            } else {
                owners[tool.id] = node.position
            }
        }
    }

    /// Warns about a snapshot that lacks tiers of the model it is a snapshot of.
    mutating func checkSnapshots(_ models: [(model: ModelPrices, node: Node)], _ path: String) {
        var owners: [String: ModelPrices] = [:]
        for (model, _) in models {
            for name in model.names { owners[name] = model }
        }
        for (model, node) in models {
            for name in model.names {
                guard let alias = ModelName.withoutSnapshot(name),
                    let other = owners[alias] ?? base?.model(listedAs: alias), other.id != model.id
                else { continue }
                let missing = Self.tiers(of: other, missingIn: model)
                guard !missing.isEmpty else { continue }
                let message = "the snapshot \(name) lacks \(missing), which \(alias) has on the same days"
                report(.warning, .missingTier, node.position, "\(path).\(model.id)", message)
            }
        }
    }

    /// Warns about a model that lacks tiers of the model it replaces.
    mutating func checkReplaced(_ models: [(model: ModelPrices, node: Node)], _ path: String) {
        for (model, node) in models {
            guard let other = base?.model(listedAs: model.id) else { continue }
            let missing = Self.tiers(of: other, missingIn: model)
            guard !missing.isEmpty else { continue }
            let message =
                "\(model.id) lacks \(missing), which the prices that it replaces have; calls in it will have no price"
            report(.warning, .missingTier, node.position, "\(path).\(model.id)", message)
        }
    }

    /// Names the tiers of a model for which another has no prices on days that both cover, for messages.
    private static func tiers(of other: ModelPrices, missingIn model: ModelPrices) -> String {
        var missing: Set<String> = []
        for period in model.periods {
            for otherPeriod in other.periods where otherPeriod.days.overlaps(period.days) {
                missing.formUnion(Set(otherPeriod.tiers.keys).subtracting(period.tiers.keys))
            }
        }
        guard !missing.isEmpty else { return "" }
        let names = missing.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        return (missing.count == 1 ? "the tier " : "the tiers ") + names
    }
}
