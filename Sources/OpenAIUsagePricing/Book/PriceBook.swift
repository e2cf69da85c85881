import Synchronization

/// Prices of models and tools over time, and the rules for applying them.
///
/// A book is parsed from JSON of the schema `openai-prices/1`. Prices apply to ranges of UTC days, so that a past call
/// keeps its price. A book is immutable and safe to use from any thread.
public final class PriceBook: Sendable {
    /// The price book that ships with this library.
    public static let bundled: PriceBook = {
        do {
            return try PriceBook(json: bundledText)
        } catch {
            preconditionFailure("the bundled price book is damaged: \(error)")
        }
    }()

    /// The version that costs refer to: the day of the prices, followed by a hash prefix unless it is the bundled book.
    public let version: String
    /// The day on which the prices were last checked, as `2026-11-23`.
    public let asOf: String
    /// The hash of the book's text, as 16 hexadecimal digits; for layered books, a hash of all their hashes.
    public let contentHash: String

    /// The models, in the book's order.
    package let models: [ModelPrices]
    /// The tools, in the book's order.
    package let tools: [ToolPrices]
    /// The rules for applying the prices.
    package let rules: PriceRules
    /// The prices of single projects, by project.
    let projects: [String: PriceOverrides]
    /// The discounts that apply to all projects.
    let generalDiscounts: DiscountLayer
    /// The discounts of the project, in a project's book.
    let projectDiscounts: DiscountLayer
    /// The discounts by model and tool.
    let discounts: DiscountTable

    private let books: [String: PriceBook]
    private let modelsByName: [String: ModelPrices]
    private let resolutions = Mutex(BoundedCache<ModelPrices?>())
    private let hosts = Mutex(BoundedCache<UpstreamHost>())

    /// Creates a book from its JSON text.
    ///
    /// - Throws: The first error of the text, as a ``PriceBookError``.
    public convenience init(json text: String) throws(PriceBookError) {
        var decoder = PriceBookDecoder()
        let content = decoder.decode(text)
        if let finding = decoder.findings.first(where: { $0.severity == .error }) { throw PriceBookError(finding) }
        guard let content else {
            throw PriceBookError(
                PriceBookFinding(
                    severity: .error,
                    code: .invalidValue,
                    position: JSONDocument.Position(line: 1, column: 1),
                    path: "as_of",
                    message: "the day of the prices is missing; write it as 2026-11-23"
                )
            )
        }
        let hash = ContentHash.value(of: text)
        let asOf = content.asOf.description
        self.init(
            version: hash == Self.bundledHash ? asOf : "\(asOf)+\(ContentHash.text(hash).prefix(8))",
            asOf: asOf,
            contentHash: ContentHash.text(hash),
            layer: content.layer,
            projects: content.projects,
            rules: content.rules
        )
    }

    init(
        version: String,
        asOf: String,
        contentHash: String,
        layer: PriceOverrides,
        projects: [String: PriceOverrides],
        projectDiscounts: DiscountLayer = DiscountLayer(),
        rules: PriceRules
    ) {
        self.version = version
        self.asOf = asOf
        self.contentHash = contentHash
        self.projects = projects
        self.rules = rules
        models = layer.models.map { $0.applying(rules.priceItemFallback ?? [:]) }
        tools = layer.tools
        generalDiscounts = layer.discounts
        self.projectDiscounts = projectDiscounts
        var byName: [String: ModelPrices] = [:]
        for model in models {
            for name in model.names { byName[name] = model }
        }
        modelsByName = byName
        discounts = DiscountTable(layer.discounts, project: projectDiscounts, models: byName)
        books = projects.mapValues { own in
            var general = own.before(layer, as: .project)
            general.discounts = layer.discounts
            return PriceBook(
                version: version,
                asOf: asOf,
                contentHash: contentHash,
                layer: general,
                projects: [:],
                projectDiscounts: own.discounts,
                rules: rules
            )
        }
    }

    /// The prices that apply to all projects.
    var layer: PriceOverrides { PriceOverrides(models: models, tools: tools, discounts: generalDiscounts) }

    /// The projects with prices of their own, in alphabetical order.
    package var projectNames: [String] { projects.keys.sorted() }

    /// Returns the book with a project's prices layered over the rest; the book itself if the project has none.
    package func book(for project: String) -> PriceBook { books.isEmpty ? self : books[project] ?? self }

    /// Validates the text of a book.
    ///
    /// - Parameters:
    ///   - json: The text.
    ///   - base: The book over which this one will be layered; it may supply what this one omits.
    /// - Returns: Errors and warnings in text order; empty for a valid book.
    package static func findings(in json: String, before base: PriceBook? = nil) -> [PriceBookFinding] {
        var decoder = PriceBookDecoder(base: base)
        let content = decoder.decode(json)
        if content == nil, decoder.findings.isEmpty {
            let start = JSONDocument.Position(line: 1, column: 1)
            decoder.report(.error, .invalidValue, start, "as_of", "the day of the prices is missing")
        }
        return decoder.findings
    }

    /// Returns the model listed under exactly this name; `nil` if there is none.
    package func model(listedAs name: String) -> ModelPrices? { modelsByName[name] }

    /// Returns the model for any form of its name; `nil` if the book does not list it.
    ///
    /// The name itself is looked up first, then without a build suffix and shortened as the book's rules allow:
    /// `gpt-5.4-cyber` does not become `gpt-5.4`. Results are cached.
    package func model(named name: String) -> ModelPrices? {
        if let model = modelsByName[name] { return model }
        if let known = resolutions.withLock({ $0[name] }) { return known }
        let model = resolve(name)
        resolutions.withLock { $0[name] = .some(model) }
        return model
    }

    /// Returns the provider whose prices apply at a host.
    func upstream(_ host: String) -> UpstreamHost {
        if host == UpstreamHost.standardHost { return .standard }
        if let known = hosts.withLock({ $0[host] }) { return known }
        let upstream = UpstreamHost(host)
        hosts.withLock { $0[host] = upstream }
        return upstream
    }

    /// Returns the fees of a tool; `nil` if the book does not list it.
    package func tool(id: String) -> ToolPrices? {
        // There are so few tools that comparing all ids takes half as long as hashing one.
        for tool in tools where tool.id == id { return tool }
        return nil
    }

    private func resolve(_ name: String) -> ModelPrices? {
        let rules = rules.nameRules ?? []
        var name = name
        if rules.contains(.providerPrefix), let rest = ModelName.withoutProvider(name) { name = rest }
        if rules.contains(.checkpoint), let rest = ModelName.withoutCheckpoint(name) { name = rest }
        if rules.contains(.fineTuned), let base = ModelName.fineTunedBase(name) {
            name = base
        } else if let rest = ModelName.withoutBuild(name) {
            name = rest
        }
        if let model = modelsByName[name] { return model }
        guard rules.contains(.snapshot), let rest = ModelName.withoutSnapshot(name) else { return nil }
        return modelsByName[rest]
    }
}
