import OpenAIUsage

/// The parts of a call that can be billed.
struct BillableItems {
    /// True if model tokens or units were used, or should have been reported.
    var usesModel = false
    /// True if the call used hosted tools.
    var usesTools = false
    /// The units that the call used; `nil` if there are none.
    var units: BilledUnits?

    var isEmpty: Bool { !usesModel && !usesTools }
}

extension CallRecord {
    // A property, because an initializer would copy the record, which costs more than the arithmetic.

    /// The parts of the call that can be billed.
    var work: BillableItems {
        var work = BillableItems()
        if !usage.isEmpty {
            // A batch that has not started reports zeros and no model.
            let isNamed = model != nil || requestModel != nil
            work.usesModel = isNamed || usage.counters.contains { $0.value != 0 }
        }
        guard !units.isEmpty || !toolCalls.isEmpty else { return work }
        // Units and tool calls are partly read from the request: without a successful response nothing is billed.
        guard let status, status < 400, usageState != .error else { return work }
        if !units.isEmpty { work.units = BilledUnits(units) }
        if let units = work.units {
            if !work.usesModel { work.usesModel = !units.quantities(seconds: usage).isEmpty }
            work.usesTools =
                units.container != nil
                || BilledUnits.sideUsages.contains {
                    units.sideUsage($0) != nil || units.sideSeconds($0) != nil
                }
        }
        if !work.usesTools { work.usesTools = toolCalls.contains { $0.value != 0 } }
        return work
    }
}
