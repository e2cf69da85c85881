/// A response of `/v1/responses`, from which its plain answer and its stream are written.
struct StoredResponse: Sendable {
    /// The progress of a response.
    enum Phase: Sendable {
        case queued, inProgress, ended
    }

    var generation: Generation
    /// The members of the request that the answer repeats.
    var echo: JSONValue
    /// True if the request asked for an answer in the background.
    var isBackground: Bool
    var id: String
    var messageID: String
    var reasoningID: String

    /// Creates the response to a request.
    init(_ generation: Generation, request: JSONValue) {
        self.generation = generation
        let members: [JSONValue.Member] =
            if case .object(let members) = request {
                members.filter { StoredResponse.echoedMembers.contains($0.name) }
            } else {
                []
            }
        echo = .object(members)
        isBackground = request["background"]?.flag == true
        id = generation.identifier("resp_", digits: 48)
        messageID = generation.identifier("msg_", digits: 32, kind: 1)
        reasoningID = generation.identifier("rs_", digits: 32, kind: 2)
    }

    private static let echoedMembers: Set<String> = [
        "instructions", "max_output_tokens", "metadata", "parallel_tool_calls", "previous_response_id",
        "prompt_cache_key", "reasoning", "safety_identifier", "store", "temperature", "tool_choice", "tools", "top_p",
        "truncation", "user",
    ]

    /// True if a reasoning item precedes the message.
    var hasReasoning: Bool {
        generation.usage.reasoningTokens > 0
    }

    /// Returns the plain answer.
    ///
    /// A failed plain answer has neither output nor usage; a failed stream has both.
    func body(_ phase: Phase) -> ReplyBody {
        .json(text: generation.text, capacity: 2048) { writeMembers(to: &$0, phase: phase, isStreamed: false) }
    }

    /// Writes the members of the response object.
    func writeMembers(to writer: inout JSONWriter, phase: Phase, isStreamed: Bool) {
        let finish = generation.finish
        let hasOutput = phase == .ended && (isStreamed || finish != .failed)
        writer.member("id", id)
        writer.member("object", "response")
        writer.member("created_at", generation.created)
        writer.member("status", status(phase))
        writer.member("background", json: isBackground ? "true" : "false")
        writer.object("billing") { $0.member("payer", "developer") }
        if phase == .ended, finish == .completed {
            writer.member("completed_at", generation.created + 3)
        } else {
            writer.member("completed_at", json: "null")
        }
        if phase == .ended, finish == .failed {
            writer.object("error") { writer in
                writer.member("code", "server_error")
                writer.member("message", "The model failed to generate a response.")
            }
        } else {
            writer.member("error", json: "null")
        }
        writer.member("frequency_penalty", json: "0.0")
        if phase == .ended, finish == .incomplete {
            writer.object("incomplete_details") { $0.member("reason", "max_output_tokens") }
        } else {
            writer.member("incomplete_details", json: "null")
        }
        echoMember("instructions", else: "null", to: &writer)
        echoMember("max_output_tokens", else: "null", to: &writer)
        writer.member("max_tool_calls", json: "null")
        writer.member("model", generation.model)
        if generation.usageComesFirst { writeUsage(to: &writer, isKnown: hasOutput) }
        writeOutput(to: &writer, isKnown: hasOutput)
        echoMember("parallel_tool_calls", else: "true", to: &writer)
        writer.member("presence_penalty", json: "0.0")
        echoMember("previous_response_id", else: "null", to: &writer)
        echoMember("prompt_cache_key", else: "null", to: &writer)
        writer.object("reasoning") { writer in
            writer.member("effort", value: echo["reasoning"]?["effort"] ?? .null)
            writer.member("summary", value: echo["reasoning"]?["summary"] ?? .null)
        }
        echoMember("safety_identifier", else: "null", to: &writer)
        writer.member("service_tier", phase == .ended ? generation.tier : "auto")
        echoMember("store", else: "true", to: &writer)
        echoMember("temperature", else: "1.0", to: &writer)
        writer.object("text") { $0.object("format") { $0.member("type", "text") } }
        echoMember("tool_choice", else: "\"auto\"", to: &writer)
        echoMember("tools", else: "[]", to: &writer)
        echoMember("top_p", else: "1.0", to: &writer)
        echoMember("truncation", else: "\"disabled\"", to: &writer)
        if !generation.usageComesFirst { writeUsage(to: &writer, isKnown: hasOutput) }
        echoMember("user", else: "null", to: &writer)
        echoMember("metadata", else: "{}", to: &writer)
    }

    /// Writes the members of the message item.
    func writeMessage(to writer: inout JSONWriter, isDone: Bool) {
        writer.member("id", messageID)
        writer.member("type", "message")
        writer.member("status", !isDone ? "in_progress" : generation.finish == .incomplete ? "incomplete" : "completed")
        writer.member("role", "assistant")
        writer.array("content") { writer in
            guard isDone else { return }
            writer.element { writer in
                writer.object { writeTextPart(to: &$0) }
            }
        }
    }

    /// Writes the members of the reasoning item.
    func writeReasoning(to writer: inout JSONWriter) {
        writer.member("id", reasoningID)
        writer.member("type", "reasoning")
        writer.member("summary", json: "[]")
    }

    /// Writes the members of the message's only content part.
    func writeTextPart(to writer: inout JSONWriter) {
        writer.member("type", "output_text")
        writer.answerText("text")
        writer.member("annotations", json: "[]")
        writer.member("logprobs", json: "[]")
    }

    private func status(_ phase: Phase) -> String {
        switch phase {
        case .queued: "queued"
        case .inProgress: "in_progress"
        case .ended: generation.finish.rawValue
        }
    }

    private func writeUsage(to writer: inout JSONWriter, isKnown: Bool) {
        if isKnown { generation.usage.writeResponse(to: &writer) } else { writer.member("usage", json: "null") }
    }

    private func writeOutput(to writer: inout JSONWriter, isKnown: Bool) {
        writer.array("output") { writer in
            guard isKnown else { return }
            if hasReasoning {
                writer.element { writer in
                    writer.object { writeReasoning(to: &$0) }
                }
            }
            writer.element { writer in
                writer.object { writeMessage(to: &$0, isDone: true) }
            }
        }
    }

    private func echoMember(_ name: StaticString, else json: StaticString, to writer: inout JSONWriter) {
        if let value = echo[name.description], !value.isNull {
            writer.member(name, value: value)
        } else {
            writer.member(name, json: json)
        }
    }
}
