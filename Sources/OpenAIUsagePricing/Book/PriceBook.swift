import Synchronization

/// Prices of models and tools by time, and the rules of their use.
///
/// A book is parsed from JSON of the schema `openai-prices/1`. Prices hold between days of UTC, so that a call of the
/// past keeps its price. A book is immutable and may be used from everywhere at once.
public final class PriceBook: Sendable {
    /// The prices that come with this library.
    public static let bundled: PriceBook = {
        do {
            return try PriceBook(json: bundledText)
        } catch {
            preconditionFailure("the bundled price book is damaged: \(error)")
        }
    }()

    /// The version, as costs bear it: the day of the prices, with a part of the hash unless the book is the bundled one.
    public let version: String
    /// The day on which the prices were checked, as `2026-11-23`.
    public let asOf: String
    /// The hash of the book's text, as 16 hexadecimal digits; of all texts if books are layered.
    public let contentHash: String

    /// The models, in the order of the book.
    package let models: [ModelPrices]
    /// The tools, in the order of the book.
    package let tools: [ToolPrices]
    /// The rules.
    package let rules: PriceRules
    /// What holds for one project only, by project.
    let projects: [String: PriceOverrides]

    private let books: [String: PriceBook]
    private let modelsByName: [String: ModelPrices]
    private let resolutions = Mutex(BoundedCache<ModelPrices?>())
    private let hosts = Mutex(BoundedCache<UpstreamHost>())

    /// Reads a book.
    ///
    /// - Throws: The first ``PriceBookError`` of the text.
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
        rules: PriceRules
    ) {
        self.version = version
        self.asOf = asOf
        self.contentHash = contentHash
        self.projects = projects
        self.rules = rules
        models = layer.models.map { $0.applying(rules.meterFallback ?? [:]) }
        tools = layer.tools
        var byName: [String: ModelPrices] = [:]
        for model in models {
            for name in model.names { byName[name] = model }
        }
        modelsByName = byName
        books = projects.mapValues { own in
            PriceBook(
                version: version,
                asOf: asOf,
                contentHash: contentHash,
                layer: own.before(layer, as: .project),
                projects: [:],
                rules: rules
            )
        }
    }

    /// The prices that hold for all projects.
    var layer: PriceOverrides { PriceOverrides(models: models, tools: tools) }

    /// The projects with prices of their own, in their alphabetical order.
    package var projectNames: [String] { projects.keys.sorted() }

    /// The book with what it says of one project put before the rest.
    package func book(for project: String) -> PriceBook { books.isEmpty ? self : books[project] ?? self }

    /// Everything that is wrong in the text of a book, or looks so, in the order of the text.
    ///
    /// - Parameters:
    ///   - json: The text.
    ///   - base: The book that it is to be put before, which may show what it lacks.
    /// - Returns: The findings; none for a book without mistakes.
    package static func findings(in json: String, before base: PriceBook? = nil) -> [PriceBookFinding] {
        var decoder = PriceBookDecoder(base: base)
        let content = decoder.decode(json)
        if content == nil, decoder.findings.isEmpty {
            let start = JSONDocument.Position(line: 1, column: 1)
            decoder.report(.error, .invalidValue, start, "as_of", "the day of the prices is missing")
        }
        return decoder.findings
    }

    /// The model that the book lists under exactly this name.
    package func model(listedAs name: String) -> ModelPrices? { modelsByName[name] }

    /// The prices of a model, by any of the forms of its name; `nil` if the book does not hold it.
    ///
    /// The name itself is looked up first. Then it is shortened as the book's rules allow, never otherwise:
    /// `gpt-5.4-cyber` is not `gpt-5.4`.
    package func model(named name: String) -> ModelPrices? {
        if let model = modelsByName[name] { return model }
        if let known = resolutions.withLock({ $0[name] }) { return known }
        let model = resolve(name)
        resolutions.withLock { $0[name] = .some(model) }
        return model
    }

    /// Whose prices hold at a host.
    func upstream(_ host: String) -> UpstreamHost {
        if host == UpstreamHost.standardHost { return .standard }
        if let known = hosts.withLock({ $0[host] }) { return known }
        let upstream = UpstreamHost(host)
        hosts.withLock { $0[host] = upstream }
        return upstream
    }

    /// The fee of a tool.
    package func tool(id: String) -> ToolPrices? {
        // They are so few that to compare them takes half of what a hash of the name does.
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
