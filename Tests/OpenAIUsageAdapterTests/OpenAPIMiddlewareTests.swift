import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

// The shapes of the OpenAPI runtime that the article's middleware uses.

protocol ClientMiddleware: Sendable {
    func intercept(
        _ request: HTTPRequest,
        body: HTTPBody?,
        baseURL: URL,
        operationID: String,
        next: @Sendable (HTTPRequest, HTTPBody?, URL) async throws -> (HTTPResponse, HTTPBody?)
    ) async throws -> (HTTPResponse, HTTPBody?)
}

enum IterationBehavior: Sendable { case single, multiple }

final class HTTPBody: AsyncSequence, Sendable {
    enum Length: Sendable, Equatable {
        case unknown
        case known(Int64)
    }

    typealias Element = ArraySlice<UInt8>

    let length: Length
    let iterationBehavior: IterationBehavior
    private let makeNext: @Sendable () -> AsyncIterator

    init<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces,
        length: Length,
        iterationBehavior: IterationBehavior
    ) where Pieces.Element == ArraySlice<UInt8> {
        self.length = length
        self.iterationBehavior = iterationBehavior
        makeNext = { AsyncIterator(pieces.makeAsyncIterator()) }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private let produce: () async throws -> ArraySlice<UInt8>?

        init<Pieces: AsyncIteratorProtocol>(_ pieces: Pieces) where Pieces.Element == ArraySlice<UInt8> {
            // SAFETY: the iterator is its reader's alone.
            nonisolated(unsafe) var pieces = pieces
            produce = { try await pieces.next() }
        }

        mutating func next() async throws -> ArraySlice<UInt8>? { try await produce() }
    }

    func makeAsyncIterator() -> AsyncIterator { makeNext() }
}

/// The article's middleware for clients that Swift OpenAPI Generator makes.
struct OpenAPIMiddlewareTests {
    private let sink = CollectingSink()

    private static let document = [
        #"{"id":"c","usage":{"prompt_tokens":3,"#, #""completion_tokens":4,"total_tokens":7}}"#,
    ]

    private struct Pieces: AsyncSequence, Sendable {
        let pieces: [String]
        var failure: (any Error)?

        struct AsyncIterator: AsyncIteratorProtocol {
            var pieces: ArraySlice<String>
            let failure: (any Error)?

            mutating func next() async throws -> ArraySlice<UInt8>? {
                guard let piece = pieces.popFirst() else {
                    if let failure { throw failure }
                    return nil
                }
                return Array(piece.utf8)[...]
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces[...], failure: failure) }
    }

    private func call(
        _ answer: HTTPBody?,
        failure: (any Error)? = nil,
        status: Int = 200
    ) async throws -> (HTTPBody?, sent: String) {
        let middleware = UsageClientMiddleware(UsageMeter(sink: sink))
        let request = HTTPRequest(
            method: .post,
            scheme: nil,
            authority: nil,
            path: "/chat/completions",
            headerFields: [.contentType: "application/json", try #require(HTTPField.Name("OpenAI-Usage-Tags")): "a=b"]
        )
        let sent = Watched("")
        let (_, body) = try await middleware.intercept(
            request,
            body: HTTPBody(
                Pieces(pieces: [#"{"mod"#, #"el":"gpt-4o"}"#]),
                length: .known(18),
                iterationBehavior: .multiple
            ),
            baseURL: try #require(URL(string: "https://api.openai.com:8443/v1")),
            operationID: "createChatCompletion"
        ) { request, body, _ in
            #expect(request.headerFields.count == 1 && request.path == "/chat/completions")
            #expect(body?.length == .known(18) && body?.iterationBehavior == .multiple)
            if let body { for try await piece in body { sent.update { $0 += String(decoding: piece, as: UTF8.self) } } }
            if let failure { throw failure }
            return (HTTPResponse(status: .init(code: status), headerFields: [.contentType: "application/json"]), answer)
        }
        return (body, sent.value)
    }

    private func body(failure: (any Error)? = nil) -> HTTPBody {
        HTTPBody(Pieces(pieces: Self.document, failure: failure), length: .unknown, iterationBehavior: .single)
    }

    @Test
    func `A response that is read is completed`() async throws {
        let (answer, sent) = try await call(body())
        var text = ""
        for try await piece in try #require(answer) { text += String(decoding: piece, as: UTF8.self) }
        #expect(text == Self.document.joined() && sent == #"{"model":"gpt-4o"}"#)
        let record = try #require(sink.records.first)
        #expect(sink.records.count == 1 && record.outcome == .completed && record.usage.totalTokens == 7)
        #expect(record.path == "/v1/chat/completions" && record.host == "api.openai.com" && record.tags == ["a": "b"])
        #expect(record.requestModel == "gpt-4o")
    }

    @Test
    func `Every other end is one record`() async throws {
        struct Failure: Error {}
        do {
            let (answer, _) = try await call(body())
            for try await _ in try #require(answer) { break }
            #expect(sink.records.map(\.outcome) == [.abandoned])
        }
        do { _ = try await call(body()) }
        #expect(sink.records.map(\.outcome) == [.abandoned, .abandoned])
        await #expect(throws: Failure.self) { _ = try await call(nil, failure: Failure()) }
        #expect(sink.records.last?.outcome == .unreachable)
        let (answer, _) = try await call(body(failure: Failure()))
        await #expect(throws: Failure.self) { for try await _ in try #require(answer) {} }
        #expect(sink.records.last?.outcome == .cut)
        _ = try await call(nil)
        #expect(sink.records.map(\.outcome).suffix(1) == [.completed] && sink.records.count == 5)
    }
}
