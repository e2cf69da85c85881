public import HTTPTypes
public import OpenAIUsage
import Synchronization

/// A transport that answers from a script, in order, and keeps the requests it was sent.
///
/// A request beyond the script throws a `TransportError` with the code `unreachable`.
public final class ScriptedTransport: Transport {
    /// An entry of the script.
    public struct Answer: Sendable {
        fileprivate enum Kind: Sendable {
            case response(HTTPResponse, Body)
            case failure(any Error)
        }

        fileprivate let kind: Kind

        /// A response.
        ///
        /// - Parameters:
        ///   - status: The status.
        ///   - fields: The header fields; `content-type` is `application/json` unless they have one.
        ///   - body: The body.
        /// - Returns: The answer.
        public static func response(_ status: Int = 200, _ fields: HTTPFields = [:], body: String = "") -> Answer {
            response(status, fields, pieces: [body], cutBy: nil)
        }

        /// A response whose body arrives in pieces, and may be cut.
        ///
        /// - Parameters:
        ///   - status: The status.
        ///   - fields: The header fields; `content-type` is `application/json` unless they have one.
        ///   - pieces: The pieces of the body.
        ///   - error: The error that ends the body; `nil` for an orderly end.
        /// - Returns: The answer.
        public static func response(
            _ status: Int = 200,
            _ fields: HTTPFields = [:],
            pieces: [String],
            cutBy error: (any Error)?
        ) -> Answer {
            var fields = fields
            if fields[.contentType] == nil { fields[.contentType] = "application/json" }
            let head = HTTPResponse(status: .init(code: status), headerFields: fields)
            return Answer(kind: .response(head, Body(Pieces(pieces.map { Array($0.utf8) }, error), isReplayable: true)))
        }

        /// A response with a body of the test's own.
        ///
        /// - Parameters:
        ///   - head: The head.
        ///   - body: The body.
        /// - Returns: The answer.
        public static func response(_ head: HTTPResponse, _ body: Body) -> Answer {
            Answer(kind: .response(head, body))
        }

        /// A call that fails before a response.
        public static func failure(_ error: any Error) -> Answer { Answer(kind: .failure(error)) }

        /// A chat completion with usage.
        ///
        /// - Parameters:
        ///   - model: The model that served the call.
        ///   - input: The input tokens.
        ///   - cached: The cached part of the input.
        ///   - output: The output tokens.
        ///   - requestID: The provider's `x-request-id`.
        /// - Returns: The answer.
        public static func chat(
            model: String,
            input: Int,
            cached: Int = 0,
            output: Int,
            requestID: String = "req_1"
        ) -> Answer {
            response(200, requestIDFields(requestID), body: completion(model, usage(input, cached, output)))
        }

        /// The stream of a chat completion: one piece an event, the usage in the last chunk.
        ///
        /// - Parameters:
        ///   - model: The model that served the call.
        ///   - words: The content, one chunk a word.
        ///   - input: The input tokens.
        ///   - output: The output tokens; `nil` for a stream that reports no usage.
        ///   - requestID: The provider's `x-request-id`.
        /// - Returns: The answer.
        public static func chatStream(
            model: String,
            words: [String] = ["Hello", "world"],
            input: Int,
            output: Int?,
            requestID: String = "req_1"
        ) -> Answer {
            let start =
                #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":""# + escaped(model)
                + #"","choices":["#
            var pieces = words.map { start + #"{"index":0,"delta":{"content":""# + escaped($0) + "\"}}]}\n\n" }
            pieces.append(start + #"{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n")
            if let output { pieces.append(start + #"],"usage":"# + usage(input, 0, output) + "}\n\n") }
            pieces.append("data: [DONE]\n\n")
            var fields = requestIDFields(requestID)
            fields[.contentType] = "text/event-stream"
            return response(200, fields, pieces: pieces, cutBy: nil)
        }

        /// An error of the API.
        ///
        /// - Parameters:
        ///   - status: The status.
        ///   - type: The error's `type`.
        ///   - code: The error's `code`.
        ///   - retryAfter: The seconds of `retry-after`; `nil` for none.
        /// - Returns: The answer.
        public static func error(_ status: Int, type: String, code: String, retryAfter: Int? = nil) -> Answer {
            var fields = HTTPFields()
            if let retryAfter { fields[.retryAfter] = String(retryAfter) }
            let members = #""message":"scripted","type":""# + escaped(type) + #"","code":""# + escaped(code) + "\""
            return response(status, fields, body: #"{"error":{"# + members + "}}")
        }

        private static func requestIDFields(_ requestID: String) -> HTTPFields {
            guard let name = HTTPField.Name("x-request-id") else { return [:] }
            return [name: requestID]
        }

        private static func usage(_ input: Int, _ cached: Int, _ output: Int) -> String {
            #"{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output),"#
                + #""prompt_tokens_details":{"cached_tokens":\#(cached)}}"#
        }

        private static func completion(_ model: String, _ usage: String) -> String {
            #"{"id":"chatcmpl-1","object":"chat.completion","model":""# + escaped(model)
                + #"","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"#
                + #""usage":"# + usage + "}"
        }

        private static func escaped(_ text: String) -> String {
            text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        }
    }

    private let state: Mutex<(answers: [Answer], requests: [Request], contexts: [CallContext])>

    /// Creates a transport that gives the answers in order, each once.
    public init(_ answers: Answer...) {
        state = Mutex((answers, [], []))
    }

    /// Creates a transport that gives the answers in order, each once.
    public init(_ answers: [Answer]) {
        state = Mutex((answers, [], []))
    }

    /// The requests that were sent, as the transport received them.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// The contexts that they were sent with.
    public var contexts: [CallContext] { state.withLock { $0.contexts } }

    /// Reads the request's body and gives the next answer.
    ///
    /// - Throws: The scripted error, or a `TransportError` when the script has ended.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        var request = request
        // A transport sends the body, and so reads it.
        if let body = request.body { request.body = Body(try await body.collect(upTo: 1 << 26)) }
        let answer = state.withLock { state -> Answer? in
            state.requests.append(request)
            state.contexts.append(context)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        switch answer?.kind {
        case .response(let head, let body): return Response(head: head, body: body)
        case .failure(let error): throw error
        case nil: throw TransportError(.unreachable, "The script has no more answers.")
        }
    }
}

extension Request {
    /// A request for a chat completion, with a key that is none.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - isStream: True to ask for a stream.
    ///   - path: The path.
    /// - Returns: The request.
    public static func chat(
        _ model: String,
        isStream: Bool = false,
        path: String = "/v1/chat/completions"
    ) -> Request {
        let stream = isStream ? #","stream":true"# : ""
        return Request(
            head: HTTPRequest(
                method: .post,
                scheme: "https",
                authority: "api.openai.com",
                path: path,
                headerFields: [.contentType: "application/json", .authorization: "Bearer sk-test-0000000000000000WXYZ"]
            ),
            body: Body(#"{"model":"\#(model)","messages":[{"role":"user","content":"Hello"}]\#(stream)}"#)
        )
    }
}

/// Pieces of a body, and the error that may end them.
private struct Pieces: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    private let pieces: [[UInt8]]
    private let error: (any Error)?

    init(_ pieces: [[UInt8]], _ error: (any Error)?) {
        self.pieces = pieces
        self.error = error
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: ArraySlice<[UInt8]>
        fileprivate let error: (any Error)?

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            if let piece = pieces.popFirst() { return piece[...] }
            if let error { throw error }
            return nil
        }

        mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces[...], error: error) }
}
