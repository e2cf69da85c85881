import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageURLSession
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What MacPaw's client asks of a middleware.
protocol OpenAIMiddleware: Sendable {
    func intercept(request: URLRequest) -> URLRequest
    func interceptStreamingData(request: URLRequest?, _ data: Data) -> Data
    func intercept(response: URLResponse?, request: URLRequest, data: Data?) -> (response: URLResponse?, data: Data?)
}

extension UsageMiddleware: OpenAIMiddleware {}

/// The middleware for clients that tell it little.
struct UsageMiddlewareTests {
    private let clock = ManualClock()
    private let sink = CollectingSink()

    private func middleware(idleLimit: Duration = .seconds(60)) -> UsageMiddleware {
        UsageMiddleware(
            UsageMeter(sink: sink, configuration: ExchangeConfiguration(clock: clock)),
            idleLimit: idleLimit
        )
    }

    private func request(_ body: String = #"{"model":"gpt-4o","stream":true}"#) throws -> URLRequest {
        var request = URLRequest(url: try #require(URL(string: "https://api.openai.com/v1/chat/completions?a=1")))
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        request.setValue("team=search", forHTTPHeaderField: "OpenAI-Usage-Tags")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        return request
    }

    private func response(_ status: Int = 200) throws -> HTTPURLResponse {
        let url = try #require(URL(string: "https://api.openai.com/v1/chat/completions"))
        let fields = ["Content-Type": "application/json", "x-request-id": "req_1"]
        return try #require(HTTPURLResponse(url: url, statusCode: status, httpVersion: nil, headerFields: fields))
    }

    private static let pieces = [
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\nda",
        "ta: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n",
        "data: [DONE]\n\n",
    ].map { Data($0.utf8) }

    @Test
    func `A whole response is metered and passed on`() throws {
        let middleware: any OpenAIMiddleware = middleware()
        let sent = middleware.intercept(request: try request())
        #expect(sent.value(forHTTPHeaderField: "OpenAI-Usage-Tags") == nil)
        #expect(try sent.httpBody == request().httpBody)
        let data = Data(Answer.document.utf8)
        let response = try response()
        let (passed, body) = middleware.intercept(response: response, request: sent, data: data)
        #expect(passed === response && body == data)
        let record = try #require(sink.records.first)
        #expect(sink.records.count == 1 && record.outcome == .completed && record.usage.totalTokens == 7)
        #expect(record.tags == ["team": "search"] && record.requestModel == "gpt-4o" && record.host == "api.openai.com")
        // Nobody reports a call twice.
        _ = middleware.intercept(response: response, request: sent, data: data)
        #expect(sink.records.count == 1)
    }

    @Test
    func `A stream is completed by its terminal event, with others beside it`() throws {
        let middleware = middleware()
        let first = middleware.intercept(request: try request())
        let second = middleware.intercept(request: try request())
        #expect(middleware.interceptStreamingData(request: first, Self.pieces[0]) == Self.pieces[0])
        #expect(middleware.interceptStreamingData(request: second, Self.pieces[0]) == Self.pieces[0])
        for piece in Self.pieces.dropFirst() { _ = middleware.interceptStreamingData(request: first, piece) }
        #expect(sink.records.map(\.outcome) == [.completed] && sink.records[0].usage.totalTokens == 7)
        #expect(sink.records[0].isStream && middleware.openCalls == 1)
        // What comes behind the end is not a call's.
        #expect(middleware.interceptStreamingData(request: first, Self.pieces[2]) == Self.pieces[2])
        for piece in Self.pieces.dropFirst() { _ = middleware.interceptStreamingData(request: second, piece) }
        #expect(sink.records.map(\.outcome) == [.completed, .completed] && middleware.openCalls == 0)
    }

    @Test
    func `A stream that says nothing more is abandoned when another call passes by`() throws {
        let middleware = middleware()
        let silent = middleware.intercept(request: try request())
        _ = middleware.interceptStreamingData(request: silent, Self.pieces[0])
        clock.advance(seconds: 50)
        let other = middleware.intercept(request: try request())
        #expect(sink.records.isEmpty && middleware.openCalls == 2)
        clock.advance(seconds: 11)
        _ = middleware.interceptStreamingData(request: other, Self.pieces[0])
        #expect(sink.records.map(\.outcome) == [.abandoned] && middleware.openCalls == 1)
        #expect(middleware.interceptStreamingData(request: silent, Self.pieces[2]) == Self.pieces[2])
        #expect(sink.records.count == 1)
    }

    @Test
    func `The end of the program ends what is open`() async throws {
        let middleware = middleware()
        _ = middleware.intercept(request: try request())
        let stream = middleware.intercept(request: try request())
        _ = middleware.interceptStreamingData(request: stream, Self.pieces[0])
        await middleware.flush()
        #expect(sink.records.map(\.outcome) == [.abandoned, .abandoned] && middleware.openCalls == 0)
        await middleware.flush()
        #expect(sink.records.count == 2)
    }

    @Test
    func `A middleware that goes away ends what is open`() throws {
        do {
            let middleware = middleware()
            _ = middleware.intercept(request: try request())
        }
        #expect(sink.records.map(\.outcome) == [.abandoned])
    }

    @Test
    func `An error is one, whole or as the piece of a stream`() throws {
        let middleware = middleware()
        let body = Data(#"{"error":{"message":"no","type":"t","code":"rate_limit_exceeded"}}"#.utf8)
        let whole = middleware.intercept(request: try request())
        _ = middleware.intercept(response: try response(429), request: whole, data: body)
        #expect(sink.records.last?.outcome == .error && sink.records.last?.status == 429)
        let stream = middleware.intercept(request: try request())
        _ = middleware.interceptStreamingData(request: stream, body)
        clock.advance(seconds: 61)
        _ = middleware.intercept(request: try request())
        #expect(sink.records.count == 2 && sink.records.last?.errorCode == "rate_limit_exceeded")
    }

    @Test
    func `A call without a response is unreachable, and an unknown one is nobody's`() throws {
        let middleware = middleware()
        let sent = middleware.intercept(request: try request())
        _ = middleware.intercept(response: nil, request: sent, data: nil)
        #expect(sink.records.map(\.outcome) == [.unreachable])
        _ = middleware.intercept(response: try response(), request: try request(), data: Data())
        _ = middleware.interceptStreamingData(request: nil, Self.pieces[0])
        _ = middleware.interceptStreamingData(request: try request(), Self.pieces[0])
        #expect(sink.records.count == 1)
    }

    @Test
    func `The call that was silent longest gives way when too many are open`() throws {
        let middleware = middleware(idleLimit: .seconds(1_000_000))
        for _ in 0..<4_097 {
            _ = middleware.intercept(request: try request())
            clock.advance(seconds: 1)
        }
        #expect(middleware.openCalls == 4_096 && sink.records.map(\.outcome) == [.abandoned])
    }
}
