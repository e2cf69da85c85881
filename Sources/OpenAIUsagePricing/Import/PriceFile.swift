/// A price file to which models are added; all other content is preserved.
struct PriceFile {
    private var members: [(name: String, value: JSONDocument.Value?)]

    /// Creates an editable price file.
    ///
    /// - Parameters:
    ///   - text: The file's text; `nil` for a new file.
    ///   - day: The date of the prices; a later date in the file is preserved.
    /// - Throws: A ``PriceBookError`` if the text is not a valid price file.
    init(_ text: String?, asOf day: UTCDay) throws(PriceBookError) {
        guard let text else {
            members = [
                ("schema", .string(PriceBookDecoder.schema)), ("as_of", .string(day.description)),
                ("currency", .string("USD")), ("models", .elements([])),
            ]
            return
        }
        let book = try PriceBook(json: text)
        do throws(JSONDocumentError) {
            members = try JSONDocument(parsing: text).root.value.members.map { ($0.name, $0.node.value) }
        } catch {
            throw PriceBookError(
                PriceBookFinding(
                    severity: .error,
                    code: .syntax,
                    position: error.position,
                    path: "",
                    message: error.message
                )
            )
        }
        if let asOf = UTCDay(book.asOf), asOf < day { set("as_of", .string(day.description)) }
    }

    /// The file's text, as indented JSON.
    var text: String { JSONDocument.Value.members(members).indented + "\n" }

    /// Returns the file with models added; existing models lose the ids and names that the added ones use.
    func adding(_ models: [ModelPrices]) -> PriceFile {
        guard !models.isEmpty else { return self }
        let ids = Set(models.map(\.id))
        let names = Set(models.flatMap(\.names))
        var file = self
        let present = members.last { $0.name == "models" }?.value?.elements ?? []
        let kept = present.compactMap { Self.model($0, without: names, ids) }
        let added = models.map { Self.document($0, keepingDiscountOf: present) }
        file.set("models", .elements(kept + added))
        return file
    }

    /// Returns a model as JSON, with the discount of the entry that it replaces.
    private static func document(
        _ model: ModelPrices,
        keepingDiscountOf present: [JSONDocument.Value]
    ) -> JSONDocument.Value {
        let replaced = present.last { $0["id"]?.string == model.id && $0["ids"] != nil }
        guard let discount = replaced?["discount"] else { return model.document }
        let members = model.document.members.map { (name: $0.name, value: Optional($0.node.value)) }
        return .members(members + [(name: "discount", value: discount)])
    }

    private static func model(
        _ model: JSONDocument.Value,
        without names: Set<String>,
        _ ids: Set<String>
    ) -> JSONDocument.Value? {
        // A discount alone holds no prices that others could replace.
        guard model["ids"] != nil else { return model }
        let id = model["id"]?.string ?? ""
        let left = (model["ids"]?.elements ?? []).compactMap(\.string).filter { !names.contains($0) }
        guard !ids.contains(id), let first = left.first else { return nil }
        return .members(
            model.members.map { member in
                switch member.name {
                case "id": ("id", .string(left.contains(id) ? id : first))
                case "ids": ("ids", .elements(left.map { .string($0) }))
                default: (member.name, member.node.value)
                }
            }
        )
    }

    private mutating func set(_ name: String, _ value: JSONDocument.Value) {
        if let index = members.lastIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append((name, value))
        }
    }
}
