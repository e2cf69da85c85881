import OpenAIUsage

/// What of a call can be billed at all.
struct BillableItems {
    /// Whether a model's tokens or units were used, or should have been reported.
    var usesModel = false
    /// Whether tools were used.
    var usesTools = false
    /// The units that were used; `nil` if there are none.
    var units: BilledUnits?

    var isEmpty: Bool { !usesModel && !usesTools }
}

extension CallRecord {
    // Initialisers take a copy of their arguments, which costs more than all the arithmetic; members borrow.

    /// What of the call can be billed.
    var work: BillableItems {
        var work = BillableItems()
        if !usage.isEmpty {
            // A batch that has not begun reports zeros and no model.
            let isNamed = model != nil || requestModel != nil
            work.usesModel = isNamed || usage.counters.contains { $0.value != 0 }
        }
        guard !units.isEmpty || !toolCalls.isEmpty else { return work }
        // Units and tools come from the request too: without an answer nothing was done.
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
