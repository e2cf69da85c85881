/// Chat completions: `/usage` of the completion, streamed in a chunk.
package final class ChatFamily: ChunkFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { CompletionChunks.selection }
    package var readsDocumentsAsEvents: Bool { true }

    package func readUsage(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.noteSeconds(event, as: "audio_seconds")
    }

    package func finish(_ identity: ResponseIdentity) -> String? { ResponseIdentity.word(identity.finishReason) }

    /// Counts the searches of a chat model, which no response counts.
    ///
    /// A search model searches for every answer. Any other model searched if the request allowed it and the answer cites
    /// pages; without the request's permission, cited pages came from elsewhere. At least one search took place.
    package func infer(_ record: inout CallRecord, _ request: ParsedRequest, _ response: borrowing ResponseReader) {
        guard response.hasDocument, !response.hasError, record.toolCalls["web_search"] == nil,
            let model = record.model ?? record.requestModel
        else { return }
        let isPreview = HeaderText.contains(model, "-search-preview")
        let isSearch = isPreview || HeaderText.contains(model, "-search-api")
        guard isSearch || (response.hasCitations && request.asksForSearch) else { return }
        record.toolCalls[isPreview ? "web_search_preview" : "web_search"] = 1
        record.units["web_search_calls_min"] = "1"
    }

    package var operation: Endpoint.Operation { .chatCompletions }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        endpoint.accounting == .everyCall ? .init("chat", apiType: "chat_completions") : nil
    }

    package var isModelServed: Bool { true }
    package var isBoundedByTokens: Bool { true }
    package var reportsUsageOnRequest: Bool { true }
}

/// The legacy completions: `/usage` of the completion, streamed in a chunk.
package final class CompletionsFamily: ChunkFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { CompletionChunks.selection }
    package var readsDocumentsAsEvents: Bool { true }

    package func finish(_ identity: ResponseIdentity) -> String? { ResponseIdentity.word(identity.finishReason) }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("text_completion")
    }

    package var isModelServed: Bool { true }
    package var isBoundedByTokens: Bool { true }
    package var reportsUsageOnRequest: Bool { true }
}

/// Embeddings: `/usage` of the list, which has no output.
package final class EmbeddingsFamily: ChunkFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { CompletionChunks.selection }

    package var hasOutput: Bool { false }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var operation: Endpoint.Operation { .embeddings }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? { .init("embeddings") }

    package var isModelServed: Bool { true }
    package var isBoundedByTokens: Bool { true }
}

/// Decisions of a moderator: `/usage` of an object without an identity.
package final class DecisionsFamily: ChunkFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponsesFamily.documentSelection }

    package var isModelServed: Bool { true }
}

/// A family whose events all have the shape of the document, so that each is read alike.
package protocol ChunkFamily: EndpointFamily {}

extension ChunkFamily {
    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        reader.identity.merge(event.identity)
        reader.readError(event, named: name)
        // The last usage that is not null wins; a later null takes nothing away.
        reader.replaceUsage(event, source: "chunk:/usage")
        if event.hasContent { reader.hasContent = true }
        if event.hasCitations { reader.hasCitations = true }
    }

    package func isIdempotent(_ event: ParsedEvent, named name: [UInt8]) -> Bool { true }
}

/// The members of a completion and its chunks.
enum CompletionChunks {
    /// A chat completion or its chunk, a completion or its chunk, a list of embeddings.
    static let selection: JSONSelection = {
        typealias Node = ResponseSelection.Node
        let annotations = Node(elements: Node(members: [("type", ResponseSelection.field(.citation))]))
        let delta = Node(members: [
            ("annotations", annotations),
            ("content", ResponseSelection.presence(.content)),
            ("refusal", ResponseSelection.presence(.content)),
            ("reasoning", ResponseSelection.presence(.content)),
            ("reasoning_content", ResponseSelection.presence(.content)),
            ("tool_calls", ResponseSelection.presence(.contentObject)),
            ("function_call", ResponseSelection.presence(.contentObject)),
            ("audio", ResponseSelection.presence(.contentObject)),
        ])
        let choice = Node(members: [
            ("finish_reason", ResponseSelection.field(.finishReason)), ("delta", delta),
            ("text", ResponseSelection.presence(.content)),
            // Moonshot's last chunk, OpenRouter's broken one.
            ("usage", ResponseSelection.usage), ("error", ResponseSelection.error),
            ("message", Node(members: [("annotations", annotations)])),
        ])
        let document: ResponseSelection.Members =
            [
                ("id", ResponseSelection.field(.identity)), ("model", ResponseSelection.field(.model)),
                ("service_tier", ResponseSelection.field(.serviceTier)),
                ("usage", ResponseSelection.usage), ("error", ResponseSelection.error),
                ("choices", Node(field: ResponseField.choices.rawValue, elements: choice)),
                ("x_groq", Node(members: [("usage", ResponseSelection.usage)])),
                ("type", ResponseSelection.field(.flatErrorType)),
                // Bifrost's.
                (
                    "extra_fields",
                    Node(members: [("cache_debug", Node(members: [("cache_hit", ResponseSelection.field(.cacheHit))]))])
                ),
            ] + ResponseSelection.flatError
        // Gemini wraps its errors in an array.
        return JSONSelection(Node(members: document, elements: Node(members: document)))
    }()
}
