import HTTPTypes

/// Makes streaming chat requests ask for their usage, and takes out again what that adds to the stream.
///
/// A request that asks itself is left alone, and so is its response. It belongs outside of ``UsageInterceptor``, which
/// then sees what was really sent. Requests whose body is a stream are passed on unchanged when they say that they are
/// longer than ``maximumLength``; shorter ones are collected, since their length changes.
public struct IncludeUsageInterceptor: Interceptor {
    /// The longest body that is rewritten, in bytes, where it has to be collected first.
    public static let maximumLength = 8 << 20

    /// Creates an interceptor.
    public init() {}

    /// Asks for usage on behalf of the caller.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let body = request.body, Self.isCandidate(request.head), let bytes = try await Self.bytes(of: body) else {
            return try await next(request, context)
        }
        var rewriter = IncludeUsageRewriter()
        var rewritten: [UInt8] = []
        rewritten.reserveCapacity(bytes.count + 64)
        bytes.withUnsafeBufferPointer { rewriter.rewrite($0, into: &rewritten) }
        rewriter.finish(into: &rewritten)
        var request = request
        request.body = Body(rewriter.isChanged ? rewritten : bytes)
        guard rewriter.isChanged else { return try await next(request, context) }
        if request.head.headerFields.contains(.contentLength) {
            request.head.headerFields[.contentLength] = String(rewritten.count)
        }
        // What is taken out again cannot be taken out of an encoded body.
        request.head.headerFields[.acceptEncoding] = "identity"
        var response = try await next(request, context)
        let type = response.head.headerFields[.contentType]?.lowercased() ?? ""
        let coding = response.head.headerFields[.contentEncoding]?.lowercased() ?? "identity"
        guard type.hasPrefix("text/event-stream"), coding == "identity" else { return response }
        response.head.headerFields[.contentLength] = nil
        response.body = Body(StrippedBody(base: response.body))
        return response
    }

    private static func isCandidate(_ head: HTTPRequest) -> Bool {
        let endpoint = Endpoint(method: head.method.rawValue, path: head.path ?? "")
        let type = head.headerFields[.contentType]?.lowercased() ?? ""
        return endpoint.accounting == .everyCall && (endpoint.meter == .chat || endpoint.meter == .completions)
            && type.contains("json") && !head.headerFields.contains(.contentEncoding)
    }

    private static func bytes(of body: Body) async throws -> [UInt8]? {
        if let bytes = body.bytes { return bytes }
        guard let length = body.length, length <= maximumLength else { return nil }
        return try await body.collect(upTo: maximumLength)
    }
}

/// A response's body without what ``IncludeUsageInterceptor`` has caused.
struct StrippedBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let base: Body

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator())
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Body.AsyncIterator
        private var stripper = UsageStripper()
        private var isFinished = false

        init(base: Body.AsyncIterator) { self.base = base }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            while !isFinished {
                var output: [UInt8] = []
                if let piece = try await base.next(isolation: actor) {
                    piece.withUnsafeBufferPointer { stripper.strip($0, into: &output) }
                } else {
                    isFinished = true
                    stripper.finish(into: &output)
                }
                if !output.isEmpty { return output[...] }
            }
            return nil
        }

        mutating func next() async throws -> ArraySlice<UInt8>? {
            try await next(isolation: nil)
        }
    }
}

@available(*, unavailable)
extension StrippedBody.AsyncIterator: Sendable {}
