/// The public list of prices that the LiteLLM project keeps, as `model_prices_and_context_window.json`.
///
/// It is one object of models, each with its prices in dollars per token. Prices are read from their digits, never by
/// way of floating point.
package struct LiteLLMCatalog: Sendable {
    /// The providers whose models are named as OpenAI's API names them.
    package static let standardProviders: Set<String> = ["openai", "text-completion-openai"]

    /// The models with prices, in their alphabetical order.
    package private(set) var models: [LiteLLMModel] = []
    /// The models that cannot be taken over, with the reason.
    package private(set) var rejections: [(name: String, reason: String)] = []

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - text: The list's JSON.
    ///   - providers: The providers whose models are read.
    ///   - isWanted: Whether a model is read, by its name.
    /// - Throws: A ``JSONDocumentError`` if the text is not JSON, or no list of models.
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
                message: "this is no list of LiteLLM's: none of its members has a litellm_provider"
            )
        }
        // The list begins with an entry that explains the others.
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
