/// The token counts in an answer.
///
/// Cached and written tokens are part of the input, reasoning is part of the output.
struct ReportedUsage: Sendable, Equatable {
    var inputTokens: Int
    var cachedTokens = 0
    /// `nil` for models that do not report cache writes.
    var cacheWriteTokens: Int?
    var outputTokens = 0
    var reasoningTokens = 0

    /// Creates the counts, with estimates where the directives set none.
    ///
    /// Without `input-tokens`, cached and written tokens are added to those of the prompt; without `output-tokens`, reasoning
    /// tokens are added to those of the text.
    init(
        promptTokens: Int,
        textTokens: Int,
        reportsCacheWrites: Bool,
        directives: SimulationDirectives
    ) {
        let cached = directives.cachedTokens ?? 0
        let written = directives.cacheWriteTokens ?? 0
        let reasoning = directives.reasoningTokens ?? 0
        inputTokens = directives.inputTokens ?? promptTokens + cached + written
        cachedTokens = cached
        cacheWriteTokens = directives.cacheWriteTokens ?? (reportsCacheWrites ? 0 : nil)
        outputTokens = directives.outputTokens ?? textTokens + reasoning
        reasoningTokens = reasoning
    }

    /// Writes the member `usage` of a chat completion.
    func writeChat(to writer: inout JSONWriter) {
        writer.object("usage") { writer in
            writeCompletionTotals(to: &writer)
            writer.object("prompt_tokens_details") { writer in
                writer.member("cached_tokens", cachedTokens)
                writer.member("audio_tokens", 0)
                if let cacheWriteTokens { writer.member("cache_write_tokens", cacheWriteTokens) }
            }
            writer.object("completion_tokens_details") { writer in
                writer.member("reasoning_tokens", reasoningTokens)
                writer.member("audio_tokens", 0)
                writer.member("accepted_prediction_tokens", 0)
                writer.member("rejected_prediction_tokens", 0)
            }
        }
    }

    /// Writes the member `usage` of a legacy completion.
    func writeCompletion(to writer: inout JSONWriter) {
        writer.object("usage") { writeCompletionTotals(to: &$0) }
    }

    /// Writes the member `usage` of a response.
    func writeResponse(to writer: inout JSONWriter) {
        writer.object("usage") { writer in
            writer.member("input_tokens", inputTokens)
            writer.object("input_tokens_details") { writer in
                writer.member("cached_tokens", cachedTokens)
                writer.member("cache_write_tokens", cacheWriteTokens ?? 0)
            }
            writer.member("output_tokens", outputTokens)
            writer.object("output_tokens_details") { $0.member("reasoning_tokens", reasoningTokens) }
            writer.member("total_tokens", inputTokens + outputTokens)
        }
    }

    /// Writes the member `usage` of a list of embeddings.
    func writeEmbeddings(to writer: inout JSONWriter) {
        writer.object("usage") { writer in
            writer.member("prompt_tokens", inputTokens)
            writer.member("total_tokens", inputTokens)
        }
    }

    private func writeCompletionTotals(to writer: inout JSONWriter) {
        writer.member("prompt_tokens", inputTokens)
        writer.member("completion_tokens", outputTokens)
        writer.member("total_tokens", inputTokens + outputTokens)
    }
}
