/// Decodes a price book and collects all errors and warnings.
struct PriceBookDecoder {
    static let schema = "openai-prices/1"
    static let tierNames: Set<String> = ["default", "batch", "flex", "priority", "ultrafast", "decisions"]

    /// The book over which this one will be layered; `nil` for a stand-alone book.
    let base: PriceBook?
    private(set) var findings: [PriceBookFinding] = []
    /// The names of the models, and the IDs of the tools that the book has listed so far.
    private var listedNames: Set<String> = []
    private var listedTools: Set<String> = []

    init(base: PriceBook? = nil) {
        self.base = base
    }

    typealias Node = JSONDocument.Node

    /// Decodes a text; `nil` if it contains nothing usable.
    mutating func decode(_ text: String) -> PriceBookContent? {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: text)
        } catch {
            report(.error, .syntax, error.position, "", error.message)
            return nil
        }
        for duplicate in document.duplicates {
            let message = "the key \"\(duplicate.name)\" stands in this object already, in line \(duplicate.first.line)"
            report(.error, .duplicateKey, duplicate.position, duplicate.name, message)
        }
        let content = decodeBook(document.root)
        findings.sort { ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column) }
        return content
    }

    private mutating func decodeBook(_ root: Node) -> PriceBookContent? {
        let book = members(
            of: root,
            "",
            required: ["schema", "as_of", "currency"],
            optional: ["README", "sources", "rules", "discount", "models", "tools", "projects"]
        )
        guard let book else { return nil }
        expect(book["schema"], "schema", "\"\(Self.schema)\"") { $0 == Self.schema }
        expect(book["currency"], "currency", "\"USD\"") { $0 == "USD" }
        var asOf: UTCDay?
        if let node = book["as_of"] { asOf = day(node, "as_of") }
        var rules = PriceRules()
        if let node = book["rules"] { rules = decodeRules(node, "rules") }
        let layer = decodeLayer(book, "", rules)
        var projects: [String: PriceOverrides] = [:]
        for member in book["projects"].flatMap({ anyMembers(of: $0, "projects") }) ?? [] {
            let path = "projects.\(member.name)"
            if member.name.isEmpty { report(.error, .invalidValue, member.position, path, "the project has no name") }
            let members = members(of: member.node, path, required: [], optional: ["discount", "models", "tools"])
            if let members { projects[member.name] = decodeLayer(members, path, rules) }
        }
        guard let asOf else { return nil }
        return PriceBookContent(asOf: asOf, rules: rules, layer: layer, projects: projects)
    }

    private mutating func decodeLayer(_ members: [String: Node], _ path: String, _ rules: PriceRules) -> PriceOverrides
    {
        // The rules of the base book apply to this book too.
        let rules = base?.rules.overridden(by: rules) ?? rules
        var discounts = DiscountLayer()
        discounts.all = members["discount"].flatMap { decodeDiscount($0, Self.join(path, "discount")) }
        var discounted: [(id: String, node: Node)] = []
        var models: [(model: ModelPrices, node: Node)] = []
        let modelsPath = Self.join(path, "models")
        if let node = members["models"] {
            for (index, element) in elements(of: node, modelsPath).enumerated() {
                let place = Self.name(of: element).map { "\(modelsPath).\($0)" } ?? "\(modelsPath)[\(index)]"
                if let discount = decodeOwnDiscount(element, place) {
                    discounts.models[discount.id] = discount.value
                    if !discount.hasPrices { discounted.append((discount.id, element)) }
                }
                if Self.isOnlyDiscount(element) { continue }
                if let model = decodeModel(element, place, rules) { models.append((model, element)) }
            }
        }
        listedNames.formUnion(models.flatMap(\.model.names))
        checkDiscounts(discounted, modelsPath) { [base, listedNames] in
            listedNames.contains($0) || base?.model(listedAs: $0) != nil
        }
        discounted = []
        var tools: [(tool: ToolPrices, node: Node)] = []
        let toolsPath = Self.join(path, "tools")
        if let node = members["tools"] {
            for (index, element) in elements(of: node, toolsPath).enumerated() {
                let place = Self.name(of: element).map { "\(toolsPath).\($0)" } ?? "\(toolsPath)[\(index)]"
                if let discount = decodeOwnDiscount(element, place) {
                    discounts.tools[discount.id] = discount.value
                    if !discount.hasPrices { discounted.append((discount.id, element)) }
                }
                if Self.isOnlyDiscount(element) { continue }
                if let tool = decodeTool(element, place) { tools.append((tool, element)) }
            }
        }
        listedTools.formUnion(tools.map(\.tool.id))
        checkDiscounts(discounted, toolsPath) { [base, listedTools] in
            listedTools.contains($0) || base?.tool(id: $0) != nil
        }
        checkNames(models, modelsPath, tools, toolsPath)
        checkSnapshots(models, modelsPath)
        checkReplaced(models, modelsPath)
        return PriceOverrides(models: models.map(\.model), tools: tools.map(\.tool), discounts: discounts)
    }

    /// True for a model or tool that states a discount for prices that are listed elsewhere.
    private static func isOnlyDiscount(_ node: Node) -> Bool {
        guard case .object(let members) = node.value else { return false }
        return members.contains { $0.name == "discount" }
            && !members.contains { ["ids", "kind", "periods", "unit"].contains($0.name) }
    }

    /// Decodes the discount of a model or tool; `nil` if it states none.
    private mutating func decodeOwnDiscount(
        _ node: Node,
        _ path: String
    ) -> (id: String, value: Discount, hasPrices: Bool)? {
        guard case .object(let all) = node.value, let discount = all.last(where: { $0.name == "discount" }) else {
            return nil
        }
        let isAlone = Self.isOnlyDiscount(node)
        if isAlone {
            let members = members(of: node, path, required: ["id", "discount"], optional: ["note"])
            guard members?["id"].flatMap({ string($0, "\(path).id") }) != nil else { return nil }
        }
        guard let value = decodeDiscount(discount.node, "\(path).discount"), let id = Self.name(of: node) else {
            return nil
        }
        return (id, value, !isAlone)
    }

    private mutating func decodeModel(_ node: Node, _ path: String, _ rules: PriceRules) -> ModelPrices? {
        let model = members(
            of: node,
            path,
            required: ["id", "ids", "kind", "periods"],
            optional: ["shutdown", "discount"]
        )
        guard let model, let id = model["id"].flatMap({ string($0, "\(path).id") }) else { return nil }
        var names: [String] = []
        if let ids = model["ids"] {
            for (index, element) in elements(of: ids, "\(path).ids").enumerated() {
                guard let name = string(element, "\(path).ids[\(index)]") else { continue }
                names.append(name)
            }
            if !names.contains(id) {
                report(.error, .invalidValue, ids.position, "\(path).ids", "the list must hold the id \"\(id)\" too")
            }
        }
        var kind: ModelPrices.Kind?
        if let node = model["kind"], let text = string(node, "\(path).kind") {
            kind = ModelPrices.Kind(rawValue: text)
            if kind == nil {
                let known = ModelPrices.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                report(
                    .error,
                    .invalidValue,
                    node.position,
                    "\(path).kind",
                    "\"\(text)\" is not a kind; known are \(known)"
                )
            }
        }
        var periods: [PricePeriod] = []
        if let node = model["periods"] {
            var placed: [(days: DayInterval, position: JSONDocument.Position)] = []
            for (index, element) in elements(of: node, "\(path).periods").enumerated() {
                let place = "\(path).periods[\(index)]"
                guard let period = decodePeriod(element, place, rules) else { continue }
                check(period.days, element.position, place, against: &placed)
                periods.append(period)
            }
        }
        let shutdown = model["shutdown"].flatMap { day($0, "\(path).shutdown") }
        guard let kind else { return nil }
        return ModelPrices(id: id, names: names, kind: kind, periods: Self.sorted(periods), shutdown: shutdown)
    }

    private static func sorted(_ periods: [PricePeriod]) -> [PricePeriod] {
        periods.sorted { left, right in
            guard let right = right.days.first else { return false }
            guard let left = left.days.first else { return true }
            return left < right
        }
    }

    /// Returns the `id` of an object, for paths.
    private static func name(of node: Node) -> String? {
        guard case .object(let members) = node.value,
            case .string(let name)? = members.first(where: { $0.name == "id" })?.node.value
        else { return nil }
        return name
    }
}

// MARK: - Findings

extension PriceBookDecoder {
    mutating func report(
        _ severity: PriceBookFinding.Severity,
        _ code: PriceBookError.Code,
        _ position: JSONDocument.Position,
        _ path: String,
        _ message: String
    ) {
        findings.append(
            PriceBookFinding(severity: severity, code: code, position: position, path: path, message: message)
        )
    }

    /// Returns the members of an object by name, and reports unknown and missing keys.
    mutating func members(
        of node: Node,
        _ path: String,
        required: [String],
        optional: [String]
    ) -> [String: Node]? {
        guard let members = anyMembers(of: node, path) else { return nil }
        var nodes: [String: Node] = [:]
        for member in members {
            nodes[member.name] = member.node
            guard !required.contains(member.name), !optional.contains(member.name) else { continue }
            let known = (required + optional).joined(separator: ", ")
            report(
                .error,
                .unknownKey,
                member.position,
                Self.join(path, member.name),
                "\"\(member.name)\" is not a key here; known are \(known)"
            )
        }
        for name in required where nodes[name] == nil {
            report(.error, .missingKey, node.position, Self.join(path, name), "the key \"\(name)\" is missing")
        }
        return nodes
    }

    mutating func anyMembers(of node: Node, _ path: String) -> [JSONDocument.Member]? {
        if case .object(let members) = node.value { return members }
        wrongKind(node, path, "an object")
        return nil
    }

    mutating func elements(of node: Node, _ path: String) -> [Node] {
        if case .array(let elements) = node.value { return elements }
        wrongKind(node, path, "an array")
        return []
    }

    mutating func string(_ node: Node, _ path: String) -> String? {
        guard case .string(let text) = node.value else {
            wrongKind(node, path, "a string")
            return nil
        }
        if text.isEmpty {
            report(.error, .invalidValue, node.position, path, "the text is empty")
            return nil
        }
        return text
    }

    mutating func strings(_ node: Node, _ path: String) -> [String] {
        elements(of: node, path).enumerated().compactMap { string($1, "\(path)[\($0)]") }
    }

    /// Decodes a day; `nil` for `null`.
    mutating func day(_ node: Node, _ path: String) -> UTCDay? {
        if case .null = node.value { return nil }
        guard let text = string(node, path) else { return nil }
        let day = UTCDay(text)
        if day == nil {
            report(.error, .invalidValue, node.position, path, "\"\(text)\" is not a day; write it as 2026-11-23")
        }
        return day
    }

    /// Returns the text of a decimal number, which may be a JSON string or number.
    mutating func decimal(_ node: Node, _ path: String) -> String? {
        switch node.value {
        case .string(let text), .number(let text): return text
        default:
            wrongKind(node, path, "a decimal number")
            return nil
        }
    }

    mutating func expect(_ node: Node?, _ path: String, _ wanted: String, _ matches: (String) -> Bool) {
        guard let node, let text = string(node, path), !matches(text) else { return }
        report(.error, .invalidValue, node.position, path, "\"\(text)\" is not understood; it must be \(wanted)")
    }

    mutating func wrongKind(_ node: Node, _ path: String, _ wanted: String) {
        let message = "\(wanted) is expected here, not \(node.value.kind)"
        report(.error, .invalidValue, node.position, path, message)
    }

    static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
