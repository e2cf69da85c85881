/// A negotiated discount: the part of the list price that is paid, by day.
package struct Discount: Sendable, Equatable {
    /// The place where a discount is stated.
    package enum Level: String, Sendable, CaseIterable {
        /// A model, within a project.
        case projectModel = "project_model"
        /// A hosted tool, within a project.
        case projectTool = "project_tool"
        /// A project.
        case project
        /// A model, for all projects.
        case model
        /// A hosted tool, for all projects.
        case tool
        /// The whole book.
        case book
    }

    /// A part of the list price, and the days on which it is paid.
    package struct Period: Sendable, Equatable {
        /// The days.
        package var days: DayInterval
        /// The part of the list price that is paid; at most 1, which is not a discount.
        package var factor: Multiplier
    }

    /// A discount and its level.
    package struct Stated: Sendable, Equatable {
        /// The level.
        package var level: Level
        /// The discount.
        package var discount: Discount
    }

    /// The discount of a day.
    package struct Applied: Sendable, Equatable {
        /// The part of the list price that is paid.
        package var factor: Multiplier
        /// The level that states it.
        package var level: Level

        /// The discount as a modifier of a line; `nil` if the whole price is paid.
        var modifier: PriceExplanation.Modifier? {
            factor.isOne
                ? nil
                : PriceExplanation.Modifier(name: "discount", factor: factor.description, level: level.rawValue)
        }
    }

    /// The parts by period.
    package var periods: [Period]

    /// Returns the part of the list price that is paid on a day; `nil` if the discount states none.
    package func factor(on day: UTCDay) -> Multiplier? { periods.first { $0.days.contains(day) }?.factor }
}

/// The discounts that one layer of a price book states.
struct DiscountLayer: Sendable, Equatable {
    /// The discount of everything in the layer.
    var all: Discount?
    /// The discounts of models, by a listed name.
    var models: [String: Discount] = [:]
    /// The discounts of hosted tools, by ID.
    var tools: [String: Discount] = [:]

    var isEmpty: Bool { all == nil && models.isEmpty && tools.isEmpty }

    /// Returns these discounts, with those of another layer of the same level taking precedence.
    func overridden(by other: DiscountLayer) -> DiscountLayer {
        DiscountLayer(
            all: other.all ?? all,
            models: models.merging(other.models) { $1 },
            tools: tools.merging(other.tools) { $1 }
        )
    }
}

/// The discounts of a book by model and tool, the most specific first.
///
/// Discounts do not multiply: the most specific one that states a factor for the day applies.
struct DiscountTable: Sendable {
    private var models: [String: [Discount.Stated]] = [:]
    private var tools: [String: [Discount.Stated]] = [:]
    /// The discounts of models and tools without one of their own.
    private(set) var others: [Discount.Stated] = []

    /// Creates a table.
    ///
    /// - Parameters:
    ///   - book: The discounts for all projects.
    ///   - project: The discounts of the project.
    ///   - byName: The models by listed name.
    init(_ book: DiscountLayer, project: DiscountLayer, models byName: [String: ModelPrices]) {
        guard !book.isEmpty || !project.isEmpty else { return }
        func stated(_ level: Discount.Level, _ discount: Discount?) -> [Discount.Stated] {
            discount.map { [Discount.Stated(level: level, discount: $0)] } ?? []
        }
        others = stated(.project, project.all) + stated(.book, book.all)
        let (own, general) = (Self.byID(project.models, byName), Self.byID(book.models, byName))
        for id in Set(own.keys).union(general.keys) {
            models[id] =
                stated(.projectModel, own[id]) + stated(.project, project.all) + stated(.model, general[id])
                + stated(.book, book.all)
        }
        for id in Set(project.tools.keys).union(book.tools.keys) {
            tools[id] =
                stated(.projectTool, project.tools[id]) + stated(.project, project.all) + stated(.tool, book.tools[id])
                + stated(.book, book.all)
        }
    }

    private static func byID(
        _ discounts: [String: Discount],
        _ byName: [String: ModelPrices]
    ) -> [String: Discount] {
        var byID: [String: Discount] = [:]
        // A discount under the model's ID takes precedence over one under another of its names.
        for (name, discount) in discounts.sorted(by: { $0.key < $1.key }) {
            guard let id = byName[name]?.id, id == name || discounts[id] == nil else { continue }
            byID[id] = discount
        }
        // High resolution is the same model at other prices.
        for (id, discount) in byID {
            guard let larger = byName["\(id)-high-res"]?.id, byID[larger] == nil else { continue }
            byID[larger] = discount
        }
        return byID
    }

    func discounts(ofModel id: String) -> [Discount.Stated] { models.isEmpty ? others : models[id] ?? others }

    func discounts(ofTool id: String) -> [Discount.Stated] { tools.isEmpty ? others : tools[id] ?? others }
}

extension PriceBook {
    /// Returns the discounts that concern a model, the most specific first.
    package func discounts(of model: ModelPrices) -> [Discount.Stated] { discounts.discounts(ofModel: model.id) }

    /// Returns the discounts that concern a hosted tool, the most specific first.
    package func discounts(of tool: ToolPrices) -> [Discount.Stated] { discounts.discounts(ofTool: tool.id) }

    /// Returns the discount of a model on a day; `nil` if there is none.
    package func discount(of model: ModelPrices, on day: UTCDay) -> Discount.Applied? {
        Self.discount(discounts(of: model), on: day)
    }

    /// Returns the discount of a hosted tool on a day; `nil` if there is none.
    package func discount(of tool: ToolPrices, on day: UTCDay) -> Discount.Applied? {
        Self.discount(discounts(of: tool), on: day)
    }

    private static func discount(_ stated: [Discount.Stated], on day: UTCDay) -> Discount.Applied? {
        for one in stated {
            if let factor = one.discount.factor(on: day) { return Discount.Applied(factor: factor, level: one.level) }
        }
        return nil
    }
}
