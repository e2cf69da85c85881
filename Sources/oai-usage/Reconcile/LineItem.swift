import OpenAIUsage
import OpenAIUsagePricing

/// A line item of the provider's costs: `gpt-4o-2024-08-06, cached input, batch`.
///
/// The grammar is a model, a component, and in any order a tier and a context, separated by commas or bars; or the words of
/// a tool's fee. A text with any other word is not recognized, so that a new kind of cost is named and never guessed.
struct LineItem: Hashable {
    /// The part of the bill that the item belongs to.
    enum Subject: Hashable {
        /// A model's tokens of one kind, or all of its cost.
        case model(String, PriceItem?)
        /// The fees of a tool, by the beginning of its name in the price book.
        case tool(String)
        case unrecognized
    }

    /// The text as received.
    var text: String
    var subject: Subject
    /// The tier; `nil` if the text names none.
    var tier: String?
    /// True for long context, false for short; `nil` if the text names none.
    var isLong: Bool?

    /// Parses a line item.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isModel: Returns true for the name of a model that is known.
    init(_ text: String, isModel: (String) -> Bool) {
        self.text = text
        subject = .unrecognized
        let lower = text.lowercased()
        if let tool = Self.tools.first(where: { tool in tool.words.contains { lower.contains($0) } }) {
            subject = .tool(tool.id)
            return
        }
        let parts = text.split { $0 == "," || $0 == "|" }.map { Self.trimmed($0) }.filter { !$0.isEmpty }
        guard let first = parts.first, let model = Self.model(first, isModel) else { return }
        var rest = parts.dropFirst().joined(separator: " ").lowercased()
        for (words, isLong) in Self.contexts {
            for word in words where rest.contains(word) {
                self.isLong = isLong
                rest = rest.replacing(word, with: " ")
            }
        }
        var words = Set(rest.split { $0 == " " || $0 == "_" || $0 == "-" || $0 == "(" || $0 == ")" }.map { String($0) })
        for tier in Self.tiers where words.remove(tier) != nil { self.tier = tier }
        words.subtract(["tokens", "token", "model", "tier", "text"])
        guard !words.isEmpty else {
            subject = .model(model, nil)
            return
        }
        guard let item = Self.component(words) else {
            (tier, isLong) = (nil, nil)
            return
        }
        subject = .model(model, item)
    }

    /// Returns the text of an item of ours.
    static func text(model: String, item: PriceItem, tier: String, isLong: Bool) -> String {
        let words = [model, item.name.replacing("_", with: " ")]
        return (words + (tier == "default" ? [] : [tier]) + (isLong ? ["long context"] : [])).joined(separator: ", ")
    }

    private static let tools: [(id: String, words: [String])] = [
        ("web_search", ["web search", "web_search"]), ("file_search", ["file search", "file_search"]),
        ("container", ["code interpreter", "code_interpreter", "container", "shell"]),
        ("storage", ["vector store", "vector_store", "storage"]),
    ]

    private static let contexts: [([String], Bool)] = [
        (["long context", "long-context", "long_context"], true),
        (["short context", "short-context", "short_context"], false),
    ]

    private static let tiers = ["batch", "flex", "priority", "fast", "ultrafast", "scale", "default", "standard"]

    private static func component(_ words: Set<String>) -> PriceItem? {
        var words = words
        func take(_ names: String...) -> Bool { names.reduce(false) { words.remove($1) != nil || $0 } }
        let isOutput = take("output", "completion", "completions", "reasoning")
        let isInput = take("input", "prompt")
        let isWrite = take("write", "writes", "written")
        let isCached = take("cached", "cache", "read", "reads")
        let isLongLived = take("12h")
        _ = take("30m")
        let isAudio = take("audio")
        let isImage = take("image", "images")
        guard words.isEmpty, !(isOutput && (isInput || isCached || isWrite)), !(isAudio && isImage) else { return nil }
        if isOutput { return isAudio ? .audioOutput : isImage ? .imageOutput : .output }
        if isWrite { return isLongLived ? .cacheWrite12Hour : .cacheWrite }
        guard isInput || isCached else { return nil }
        if isAudio { return isCached ? .cachedAudioInput : .audioInput }
        if isImage { return isCached ? .cachedImageInput : .imageInput }
        return isCached ? .cachedInput : .input
    }

    /// Returns the model of a text, which may be written as a title: `GPT-4o mini`.
    private static func model(_ text: String, _ isModel: (String) -> Bool) -> String? {
        if isModel(text) { return text }
        let name = text.lowercased().replacing(" ", with: "-")
        return isModel(name) ? name : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
