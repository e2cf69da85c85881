/// The simulator's estimate of input tokens, in place of a tokenizer.
///
/// A text has one token for every four UTF-8 bytes, rounded up. A message of a conversation has three more; its text is its
/// `content`, or the `text` of the content's parts, else its `output` or `arguments`. Images, audio, tool definitions and
/// names are not counted. A list of token numbers has as many tokens as numbers.
package enum PromptTokens {
    /// Returns the number of tokens of a text.
    package static func count(_ text: String) -> Int {
        (text.utf8.count + 3) / 4
    }

    /// Returns the number of tokens of a chat's `messages`.
    static func count(messages: JSONValue?) -> Int {
        (messages?.elements ?? []).reduce(0) { $0 + count(message: $1) }
    }

    /// Returns the number of tokens of the `input` and the `instructions` of a response.
    static func count(input: JSONValue?, instructions: JSONValue?) -> Int {
        let instructionTokens = instructions?.text.map { 3 + count($0) } ?? 0
        let inputTokens = input?.text.map { 3 + count($0) } ?? count(messages: input)
        return instructionTokens + inputTokens
    }

    /// Returns the number of tokens of a `prompt` or an `input` to embed: a text, texts, token numbers or lists of these.
    static func count(prompt: JSONValue?) -> Int {
        switch prompt {
        case .string(let text): count(text)
        case .array(let elements): elements.reduce(0) { $0 + count(prompt: $1) }
        case .number: 1
        case .object, .bool, .null, nil: 0
        }
    }

    private static func count(message: JSONValue) -> Int {
        let text = message["content"] ?? message["output"] ?? message["arguments"]
        return 3 + (byteCount(text) + 3) / 4
    }

    private static func byteCount(_ text: JSONValue?) -> Int {
        switch text {
        case .string(let text): text.utf8.count
        case .array(let parts): parts.reduce(0) { $0 + byteCount($1["text"]) }
        case .object, .number, .bool, .null, nil: 0
        }
    }
}
