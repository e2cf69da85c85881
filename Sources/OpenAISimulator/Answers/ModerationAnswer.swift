/// The answer of `/v1/moderations`, which never flags anything.
enum ModerationAnswer {
    private static let categories: [StaticString] = [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
        "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
    ]

    /// Creates an answer with a result for each of `inputCount` inputs.
    static func make(_ generation: Generation, inputCount: Int) -> ReplyBody {
        .json(capacity: 4096) { writer in
            writer.member("id", generation.identifier("modr-", digits: 20))
            writer.member("model", generation.model)
            writer.array("results") { writer in
                for _ in 0..<inputCount {
                    writer.element { writer in
                        writer.object { writeResult(to: &$0) }
                    }
                }
            }
        }
    }

    private static func writeResult(to writer: inout JSONWriter) {
        writer.member("flagged", json: "false")
        writer.object("categories") { writer in
            for category in categories { writer.member(category, json: "false") }
        }
        writer.object("category_scores") { writer in
            for category in categories { writer.member(category, json: "1.2e-05") }
        }
        writer.object("category_applied_input_types") { writer in
            for category in categories { writer.member(category, json: "[\"text\"]") }
        }
    }
}
