import OpenAIUsage

/// The series of usage and cost by other labels than project, model and operation.
struct CostBreakdowns: Sendable {
    private let families: UsageMetricFamilies
    private let chosenTags: [String]
    private var tiers = InternedNames(maximumCount: 8)
    private var tools = InternedNames(maximumCount: 32)
    private var unitNames = InternedNames(maximumCount: 32)
    private var keys = InternedNames(maximumCount: 200)
    private var tagValues: InternedNames
    private var tierCosts: LabelSetTable<MetricCells>
    private var toolCalls: LabelSetTable<MetricCells>
    private var units: LabelSetTable<MetricCells>
    private var savings: LabelSetTable<MetricCells>
    private var keyCosts: LabelSetTable<MetricCells>
    private var tagCosts: LabelSetTable<MetricCells>
    private var requestedModels: LabelSetTable<MetricCells>

    init(_ families: UsageMetricFamilies, _ limits: MetricsLimits) {
        self.families = families
        chosenTags = Array(Set(limits.tags)).sorted()
        tagValues = InternedNames(maximumCount: 200 * max(1, limits.tags.count))
        var small = limits
        small.labelSets = max(10, limits.labelSets / 2)
        tierCosts = LabelSetTable(limits.capacity(details: 9))
        toolCalls = LabelSetTable(small.capacity(details: 33))
        units = LabelSetTable(small.capacity(details: 33))
        savings = LabelSetTable(limits.capacity(details: 1))
        keyCosts = LabelSetTable(limits.capacity(details: 201))
        tagCosts = LabelSetTable(LabelSetTableCapacity(full: 200 * max(1, limits.tags.count), projects: 0, details: 16))
        requestedModels = LabelSetTable(limits.modelCapacity(full: 80, details: 1))
    }

    /// Creates the series of a service tier that an earlier process has counted calls of, with value 0.
    mutating func createTier(
        _ tier: String?,
        _ who: CallLabels,
        _ projects: InternedNames,
        _ editor: inout MetricsEditor
    ) {
        guard let number = tiers.admit(LabelValue.clean(tier ?? LabelValue.none)) else { return }
        let set = LabelSet(project: who.project, detail: UInt32(number))
        let place = tierCosts.place(of: set) { [tiers] set in
            let isFolded = set.detail == LabelSet.otherDetail
            return MetricCells(
                labels: [projects[set.project], isFolded ? LabelValue.other : tiers[UInt16(set.detail)]]
            )
        }
        let cell = tierCosts.entries[place.index].cell(0, of: families.serviceTierCost, in: &editor)
        editor.add(.pico(0), to: cell)
    }

    /// Counts a successful call by the requested and the served model.
    mutating func countCall(
        _ call: CallSample,
        _ who: CallLabels,
        _ projects: InternedNames,
        _ models: inout ModelNames,
        _ overflow: inout CallMetrics.Overflow,
        _ editor: inout MetricsEditor
    ) {
        guard let requested = call.acceptedModel else { return }
        let number = models[requested] ?? models.admit(requested) ?? InternedNames.other
        let set = LabelSet(model: who.model, detail: UInt32(number))
        let index = overflow.note(
            requestedModels.place(of: set) { [models] set in
                let isFolded = set.detail == LabelSet.otherDetail
                return MetricCells(labels: [isFolded ? LabelValue.other : models[number], models[set.model]])
            }
        )
        let cell = requestedModels.entries[index].cell(0, of: families.requestedModelCalls, in: &editor)
        editor.add(.integer(1), to: cell)
    }

    /// Counts the units, tools and cost of a call that is counted.
    mutating func countUsage(
        _ record: borrowing CallRecord,
        _ call: CallSample,
        _ who: CallLabels,
        _ projects: InternedNames,
        _ models: ModelNames,
        _ overflow: inout CallMetrics.Overflow,
        _ editor: inout MetricsEditor
    ) {
        /// Adds to a family with project, model and a name that comes from a response.
        func add(
            _ name: String,
            _ names: inout InternedNames,
            _ table: inout LabelSetTable<MetricCells>,
            _ family: MetricFamilyID,
            _ number: MetricNumber,
            model: UInt16? = nil
        ) {
            let value = names.admit(LabelValue.clean(name)) ?? InternedNames.other
            let set = LabelSet(project: who.project, model: model ?? InternedNames.other, detail: UInt32(value))
            let place = table.place(of: set) { [names] set in
                let text = set.detail == LabelSet.otherDetail ? LabelValue.other : names[UInt16(set.detail)]
                return MetricCells(
                    labels: model == nil
                        ? [projects[set.project], text] : [projects[set.project], models[set.model], text]
                )
            }
            let cell = table.entries[overflow.note(place)].cell(0, of: family, in: &editor)
            editor.add(number, to: cell)
        }
        for (name, count) in record.toolCalls where count > 0 {
            add(name, &tools, &toolCalls, families.toolCalls, .integer(count), model: who.model)
        }
        for (name, literal) in record.units {
            // The upstream's cost is money, which the cost contains.
            guard name != "upstream_cost_usd", let amount = Double(literal), amount > 0, amount.isFinite else {
                continue
            }
            add(name, &unitNames, &units, families.units, .double(amount), model: who.model)
        }
        if let saved = call.cacheSavings, saved > 0 {
            let place = savings.place(of: LabelSet(project: who.project, model: who.model, detail: 0)) { set in
                MetricCells(labels: [projects[set.project], models[set.model]])
            }
            let cell = savings.entries[overflow.note(place)].cell(0, of: families.cacheSavings, in: &editor)
            editor.add(.pico(Int128(saved)), to: cell)
        }
        guard let cost = record.cost.picoUSD, cost >= 0 else { return }
        let pico = MetricNumber.pico(Int128(cost))
        add(record.serviceTier ?? LabelValue.none, &tiers, &tierCosts, families.serviceTierCost, pico)
        if let family = families.keyCost {
            add(record.key?.description ?? LabelValue.none, &keys, &keyCosts, family, pico)
        }
        if let family = families.tagCost {
            for (number, tag) in chosenTags.enumerated() {
                guard let value = record.tags[tag] else { continue }
                let admitted = tagValues.admit(LabelValue.clean(value)) ?? InternedNames.other
                let set = LabelSet(model: UInt16(number + 1), detail: UInt32(admitted))
                let place = tagCosts.place(of: set) { [tagValues] set in
                    let isFolded = set.detail == LabelSet.otherDetail
                    return MetricCells(
                        labels: [
                            set.model == InternedNames.other ? LabelValue.other : LabelValue.clean(tag),
                            isFolded ? LabelValue.other : tagValues[UInt16(set.detail)],
                        ]
                    )
                }
                editor.add(pico, to: tagCosts.entries[place.index].cell(0, of: family, in: &editor))
            }
        }
    }
}
