import OpenAIUsage

extension PriceCalculation {
    /// The number of input tokens billed for the content of one search, for models whose usage omits it.
    private static var searchContentTokens: Int64 { 8000 }

    /// Adds the fees and side usage of hosted tools.
    mutating func addTools(_ record: CallRecord, _ units: BilledUnits?, _ model: ModelPrices?, _ tier: CallTier) {
        if record.usage.isEmpty, record.usageState != .notApplicable,
            record.toolCalls.contains(where: { $0.value != 0 })
        {
            note(.missingUsage, "usage")
        }
        if let units {
            for prefix in BilledUnits.sideUsages {
                if let side = units.sideUsage(prefix) { addSideUsage(side.usage, side.model, prefix) }
                if let side = units.sideSeconds(prefix) { addSideSeconds(side.quantity, side.model, prefix) }
            }
            if let container = units.container { addFee(container.count, container.tool) }
        }
        if !Lines.keepsLines {
            // Order matters only for which gap comes first, and sorting costs as much as the arithmetic: sort only if
            // there is a gap.
            let before = self
            for (tool, count) in record.toolCalls { addTool(tool, count, record, units, model, tier) }
            if gap == before.gap { return }
            self = before
        }
        for (tool, count) in record.toolCalls.sorted(by: { $0.key < $1.key }) {
            addTool(tool, count, record, units, model, tier)
        }
    }

    private mutating func addTool(
        _ tool: String,
        _ count: Int64,
        _ record: CallRecord,
        _ units: BilledUnits?,
        _ model: ModelPrices?,
        _ tier: CallTier
    ) {
        guard count > 0 else {
            if count < 0 { note(.inconsistentUsage, tool, String(count)) }
            return
        }
        // The fees are OpenAI's and apply to known endpoints only.
        guard !record.endpoint.family.isUnknown else {
            note(.unknownTool, tool, String(count))
            return
        }
        switch tool {
        case "web_search", "web_search_preview":
            addSearch(tool, count, record, model, tier)
            if units?.isSearchCountOpen == true { note(.estimate, tool, String(count)) }
        case "file_search":
            // Only the Responses API charges for file search; searching a vector store directly has no published fee.
            let endpoint = record.endpoint.name.utf8
            if !endpoint.starts(with: "vector_stores".utf8), !endpoint.starts(with: "threads".utf8) {
                addFee(count, tool)
            }
        case "image_generation":
            if units?.sideUsage(tool) == nil { note(.missingUsage, tool, String(count)) }
        case "code_interpreter", "shell":
            // The fee is charged per container, whose size the call need not report.
            let hasContainer =
                units?.container != nil
                || record.toolCalls.keys.contains { $0.utf8.starts(with: "container.".utf8) }
            if !hasContainer { note(.unknownTool, tool, String(count)) }
        case "computer", "custom", "function", "local_shell", "apply_patch", "tool_search": break
        default: addFee(count, tool)
        }
    }

    private mutating func addFee(_ count: Int64, _ id: String) {
        guard let tool = book.tool(id: id), tool.unit != .storage else {
            note(.unknownTool, id, String(count))
            return
        }
        if tool.unit != .none { add(count, tool) }
    }

    private mutating func addSideUsage(_ usage: TokenUsage, _ name: String?, _ item: String) {
        guard let name, let model = book.model(named: name) else {
            note(.unknownModel, name ?? item)
            return
        }
        guard let card = card(model, tier: "default", input: usage[.inputTokens] ?? 0, part: .tool) else { return }
        addTokens(usage, card)
    }

    private mutating func addSideSeconds(_ quantity: BilledUnits.Quantity, _ name: String?, _ item: String) {
        guard let name, let model = book.model(named: name) else {
            note(.unknownModel, name ?? item)
            return
        }
        guard let index = periodIndex(model) else { return }
        let period = model.periods[index]
        guard let price = period.units[quantity.price] else {
            note(.missingPriceItem, quantity.price)
            return
        }
        add(quantity, price, model, period, part: .tool, isEstimate: false)
    }

    private mutating func addSearch(
        _ tool: String,
        _ count: Int64,
        _ record: CallRecord,
        _ model: ModelPrices?,
        _ tier: CallTier
    ) {
        let isSearchModel = model?.isSearchModel ?? false
        if tool == "web_search", !isSearchModel {
            addFee(count, tool)
            guard let model, model.hasFixedSearchContent else { return }
            let (tokens, overflow) = count.multipliedReportingOverflow(by: Self.searchContentTokens)
            guard !overflow else {
                note(.outOfRange, tool, String(count))
                return
            }
            if let card = card(model, tier: tier.name, input: record.usage[.inputTokens] ?? 0, part: .tool) {
                add(tokens, .input, card)
            }
            return
        }
        switch Self.isReasoning(model?.id, record.usage, isSearchModel) {
        case true?: addFee(count, "web_search_preview.reasoning")
        case false?: addFee(count, "web_search_preview.non_reasoning")
        case nil: note(.unknownTool, tool, String(count))
        }
    }

    /// Returns true for a reasoning model; `nil` if neither its usage nor its name shows it.
    private static func isReasoning(_ id: String?, _ usage: TokenUsage, _ isSearchModel: Bool) -> Bool? {
        if isSearchModel { return false }
        if let reasoning = usage[.reasoningTokens], reasoning > 0 { return true }
        guard let id else { return nil }
        if id.hasPrefix("gpt-4") || id.hasPrefix("gpt-3.5") { return false }
        return id.hasPrefix("o1") || id.hasPrefix("o3") || id.hasPrefix("o4") ? true : nil
    }
}
