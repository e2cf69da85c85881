/// The LiteLLM project's public price list, `model_prices_and_context_window.json`.
///
/// The list is an object of models with prices in dollars per token. Prices are decoded from their digits, without
/// floating point.
package struct LiteLLMCatalog: Sendable {
    /// The providers whose model names match those of OpenAI's API.
    package static let standardProviders: Set<String> = ["openai", "text-completion-openai"]

    /// The models with prices, sorted by name.
    package private(set) var models: [LiteLLMModel] = []
    /// The models that cannot be imported, with the reason.
    package private(set) var rejections: [(name: String, reason: String)] = []

    /// Creates a catalog from a list.
    ///
    /// - Parameters:
    ///   - text: The list's JSON text.
    ///   - providers: The providers whose models are included.
    ///   - isWanted: Returns true for the names of models to include.
    /// - Throws: A ``JSONDocumentError`` if the text is not JSON or not a LiteLLM list.
    package init(
        parsing text: String,
        providers: Set<String> = Self.standardProviders,
        isWanted: (String) -> Bool = { _ in true }
    ) throws(JSONDocumentError) {
        let document = try JSONDocument(parsing: text)
        let entries = document.root.value.members.filter { $0.node.value["litellm_provider"] != nil }
        guard !entries.isEmpty else {
            throw JSONDocumentError(
                code: .unexpectedCharacter,
                position: document.root.position,
                message: "this is not a list of LiteLLM's: none of its members has a litellm_provider"
            )
        }
        // `sample_spec` documents the fields of the other entries.
        for entry in entries.sorted(by: { $0.name < $1.name }) where entry.name != "sample_spec" && isWanted(entry.name)
        {
            guard let provider = entry.node.value["litellm_provider"]?.string, providers.contains(provider) else {
                continue
            }
            do throws(LiteLLMModel.Rejection) {
                models.append(try LiteLLMModel(name: entry.name, provider: provider, entry.node.value))
            } catch {
                rejections.append((entry.name, error.reason))
            }
        }
    }
}
