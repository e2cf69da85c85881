/// The plain answers of chat and legacy completions.
enum ChatAnswer {
    /// Creates a `chat.completion`.
    static func chat(_ generation: Generation) -> ReplyBody {
        .json(text: generation.text) { writer in
            writer.member("id", generation.identifier("chatcmpl-", digits: 29))
            writer.member("object", "chat.completion")
            writer.member("created", generation.created)
            writer.member("model", generation.model)
            if generation.usageComesFirst { generation.usage.writeChat(to: &writer) }
            writer.array("choices") { writer in
                for index in 0..<generation.choiceCount {
                    writer.element { writer in
                        writer.object { writer in
                            writer.member("index", index)
                            writer.object("message") { writer in
                                writer.member("role", "assistant")
                                writer.answerText("content")
                                writer.member("refusal", json: "null")
                                writer.member("annotations", json: "[]")
                            }
                            writer.member("logprobs", json: "null")
                            writer.member("finish_reason", generation.finishReason)
                        }
                    }
                }
            }
            if !generation.usageComesFirst { generation.usage.writeChat(to: &writer) }
            writer.member("service_tier", generation.tier)
            writer.member("system_fingerprint", generation.fingerprint)
        }
    }

    /// Creates a `text_completion`.
    static func completion(_ generation: Generation) -> ReplyBody {
        .json(text: generation.text) { writer in
            writer.member("id", generation.identifier("cmpl-", digits: 24))
            writer.member("object", "text_completion")
            writer.member("created", generation.created)
            writer.member("model", generation.model)
            if generation.usageComesFirst { generation.usage.writeCompletion(to: &writer) }
            writer.array("choices") { writer in
                for index in 0..<generation.choiceCount {
                    writer.element { writer in
                        writer.object { writer in
                            writer.answerText("text")
                            writer.member("index", index)
                            writer.member("logprobs", json: "null")
                            writer.member("finish_reason", generation.finishReason)
                        }
                    }
                }
            }
            if !generation.usageComesFirst { generation.usage.writeCompletion(to: &writer) }
        }
    }
}
