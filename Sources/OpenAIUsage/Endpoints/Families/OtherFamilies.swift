/// Endpoints that use nothing and bill nothing.
package final class FreeFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.errorOnly }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}
    package var isUsageExpected: Bool { false }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var isFree: Bool { true }
}

/// Endpoints of which nothing is known: usage counts wherever one is understood.
package final class UnknownFamily: EndpointFamily {
    package init() {}

    /// OpenAI's shapes, Anthropic's messages, Gemini's contents and Ollama's chats.
    private static let selection: JSONSelection = {
        typealias Node = ResponseSelection.Node
        let field = ResponseSelection.field
        let counter = ResponseSelection.counter
        let usage = ResponseSelection.usage
        let choice = Node(members: [
            ("usage", usage), ("finish_reason", field(.finishReason)),
            ("delta", Node(members: [("content", ResponseSelection.presence(.content))])),
        ])
        let part: ResponseSelection.Members = [
            ("id", field(.identity)), ("model", field(.model)), ("status", field(.status)), ("usage", usage),
        ]
        let message = Node(field: ResponseField.flatErrorMessage.rawValue, members: part, isPresenceOnly: true)
        let document: ResponseSelection.Members =
            ResponseSelection.object + [("message", message)] + ResponseSelection.flatError + [
                ("type", field(.type)), ("usageMetadata", usage), ("modelVersion", field(.model)),
                ("responseId", field(.identity)), ("stop_reason", field(.finishReason)),
                ("choices", Node(field: ResponseField.choices.rawValue, elements: choice)),
                ("response", Node(members: part)), ("data", Node(members: part)),
                ("x_groq", Node(members: [("usage", usage)])),
                // Ollama's counters have no object of their own.
                ("prompt_eval_count", counter(.inputTokens)), ("eval_count", counter(.outputTokens)),
            ]
        // Gemini streams an array of documents.
        return JSONSelection(Node(members: document, elements: Node(members: document)))
    }()

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { Self.selection }
    package var readsDocumentsAsEvents: Bool { true }
    package var isUnknown: Bool { true }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        Self.readUsage(event, source: "/usage", into: &reader)
    }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        reader.identity.merge(event.identity)
        reader.readError(event, named: name)
        Self.readUsage(event, source: "chunk:/usage", into: &reader)
        if event.hasContent { reader.hasContent = true }
        // The end of a stream in Anthropic's words.
        if EventName.equals(name, "message_stop") { reader.isTerminated = true }
    }

    package var isUsageExpected: Bool { false }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }

    /// Reads a usage, or counters at the top level of the document.
    private static func readUsage(_ event: ParsedEvent, source: String, into reader: inout ResponseReader) {
        guard event.usagePresence == .absent, !event.usage.isEmpty else {
            reader.replaceUsage(event, source: source)
            return
        }
        var event = event
        event.usagePresence = .present
        reader.replaceUsage(event, source: "/eval_count")
    }
}
