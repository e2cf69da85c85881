import HTTPTypes
import OpenAIUsage

/// One of the calls of a soak.
enum SoakCall: String, CaseIterable, Sendable {
    case plain, stream, error, dropped, cancelled

    static let field = HTTPField.Name.accept
    static let document =
        #"{"id":"c","model":"gpt-4o-mini-2024-07-18","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
    static let refusal = #"{"error":{"message":"no","type":"requests","code":"rate_limit_exceeded"}}"#
    static let event = #"data: {"id":"c","choices":[{"delta":{"content":"x"}}]}"# + "\n\n"
    static let end =
        #"data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
        + "\n\ndata: [DONE]\n\n"

    var isStream: Bool { self != .plain && self != .error }
    var status: Int { self == .error ? 429 : 200 }

    /// The body; what has no end stalls behind it.
    var body: String {
        switch self {
        case .plain: Self.document
        case .stream: Self.event + Self.event + Self.end
        case .error: Self.refusal
        case .dropped, .cancelled: Self.event
        }
    }

    var hasEnd: Bool { self != .dropped && self != .cancelled }

    var outcome: Outcome {
        switch self {
        case .plain, .stream: .completed
        case .error: .error
        case .dropped, .cancelled: .abandoned
        }
    }

    /// Makes the call, as far as its caller goes.
    func make(on path: OpenPath) async {
        var head = HTTPRequest(
            method: .post,
            scheme: "http",
            authority: "127.0.0.1:\(path.port)",
            path: "/v1/chat/completions"
        )
        head.headerFields[Self.field] = rawValue
        head.headerFields[.contentType] = "application/json"
        let options = isStream ? #","stream":true,"stream_options":{"include_usage":true}"# : ""
        let request = Request(head: head, body: Body(#"{"model":"gpt-4o-mini","messages":[]\#(options)}"#))
        do {
            for try await _ in try await path.transport.send(request, context: CallContext()).body {
                if self == .dropped { break }
                if self == .cancelled { withUnsafeCurrentTask { $0?.cancel() } }
            }
        } catch {
            // The row tells how it ended.
        }
    }
}
