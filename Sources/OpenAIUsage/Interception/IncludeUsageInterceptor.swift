import HTTPTypes
import Synchronization

/// Makes streaming chat requests ask for their usage, and strips what that adds to the stream.
///
/// A request that asks itself is left alone, and so is its response. If an upstream rejects the option, the request is
/// sent once more as the caller wrote it; if that succeeds, the option is not requested for ten minutes from that
/// upstream and model. The rejected attempt costs nothing and has no record of its own; the record of the call says
/// `include-usage: refused` among its diagnostics.
///
/// A request that is signed, or declares a digest of its body (`Content-Digest`, `Signature`, `x-amz-content-sha256`,
/// `Authorization: AWS4-...`), is sent as it is; if its body could have been rewritten, its record says `include-usage:
/// signed`.
///
/// Place it outside of ``UsageInterceptor``, which then meters the request as it is sent. A body that is a stream is
/// collected, since its length changes; one of unknown length, or longer than ``maximumLength``, is sent unchanged.
public struct IncludeUsageInterceptor: Interceptor {
    /// The longest body of a stream that is collected and rewritten, in bytes.
    public static let maximumLength = 8 << 20

    private final class Refusals: Sendable {
        let memory = Mutex(RejectedAdditions())
    }

    private let refusals = Refusals()
    private let clock: any UsageClock

    /// Creates an interceptor.
    ///
    /// - Parameter clock: The clock by which rejections expire.
    public init(clock: any UsageClock = SystemUsageClock()) {
        self.clock = clock
    }

    /// Requests usage on behalf of the caller.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let candidacy = Self.candidacy(request.head)
        guard candidacy != .none, let body = request.body else { return try await next(request, context) }
        if candidacy == .signed { return try await passSigned(request, body, context, next) }
        guard let bytes = try await Self.bytes(of: body) else { return try await next(request, context) }
        var own = request
        own.body = Body(bytes)
        var rewriter = IncludeUsageRewriter()
        var rewritten: [UInt8] = []
        rewritten.reserveCapacity(bytes.count + 64)
        bytes.withUnsafeBufferPointer { rewriter.rewrite($0, into: &rewritten) }
        rewriter.finish(into: &rewritten)
        guard rewriter.isChanged, rewriter.isStreamRequest else { return try await next(own, context) }
        let key = RejectedAdditions.Key(
            upstream: request.head.authority ?? "",
            model: IncludeUsage.model(rewriter.model, target: request.head.path ?? "")
        )
        var context = context
        let now = clock.monotonicNanoseconds
        guard !refusals.memory.withLock({ $0.contains(key, at: now) }) else {
            context.includeUsageNote = .refusedBefore
            return try await next(own, context)
        }
        if let response = try await ask(own.rewritten(rewritten), context, next) { return response }
        context.includeUsageNote = .refused
        let response = try await next(own, context)
        if response.head.status.code < 400 {
            let now = clock.monotonicNanoseconds
            _ = refusals.memory.withLock { $0.remember(key, at: now) }
        }
        return response
    }

    /// Sends a request with the option; `nil` if the upstream rejects that.
    private func ask(
        _ request: Request,
        _ context: CallContext,
        _ next: (Request, CallContext) async throws -> Response
    ) async throws -> Response? {
        var context = context
        let decision = AttemptDecision()
        context.decision = decision
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            decision.keep()
            throw error
        }
        let fields = response.head.headerFields
        var transformer = IncludeUsageResponse(
            status: response.head.status.code,
            contentType: fields[.contentType],
            contentEncoding: fields[.contentEncoding],
            hasLength: fields.contains(.contentLength),
            isBodiless: response.head.status.code == 204
        )
        guard transformer.mode == .inspecting else {
            decision.keep()
            return response
        }
        var iterator = response.body.makeAsyncIterator()
        var held: [ArraySlice<UInt8>] = []
        var output: [UInt8] = []
        var end: InspectedBody.End?
        while transformer.mode == .inspecting {
            do {
                guard let piece = try await iterator.next(isolation: nil) else {
                    transformer.finish(into: &output)
                    end = transformer.mode == .broken ? .failed(InspectedBody.cut) : .ended
                    break
                }
                held.append(piece)
                piece.withUnsafeBufferPointer { transformer.receive($0, into: &output) }
            } catch {
                transformer.abandon()
                end = .failed(error)
            }
        }
        guard transformer.mode != .refused else {
            decision.withdraw()
            return nil
        }
        decision.keep()
        let isStripped = transformer.mode != .passing
        if isStripped {
            response.head.headerFields[.contentLength] = nil
            response.head.headerFields[.contentEncoding] = nil
            held = output.isEmpty ? [] : [output[...]]
        }
        response.body = Body(
            InspectedBody(held: held, iterator: iterator, end: end, transformer: isStripped ? transformer : nil),
            length: isStripped ? nil : response.body.length
        )
        return response
    }

    /// Sends a signed request as it is, with a note if it lacks the option.
    private func passSigned(
        _ request: Request,
        _ body: Body,
        _ context: CallContext,
        _ next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        // A body of a stream is not collected just for the note.
        if let bytes = body.bytes {
            var rewriter = IncludeUsageRewriter()
            var rewritten: [UInt8] = []
            bytes.withUnsafeBufferPointer { rewriter.rewrite($0, into: &rewritten) }
            if rewriter.isChanged, rewriter.isStreamRequest { context.includeUsageNote = .signed }
        }
        return try await next(request, context)
    }

    private static func candidacy(_ head: HTTPRequest) -> IncludeUsage.Candidacy {
        IncludeUsage.candidacy(
            Endpoint(method: head.method.rawValue, path: head.path ?? ""),
            method: head.method.rawValue,
            contentType: head.headerFields[.contentType],
            contentEncoding: head.headerFields[.contentEncoding]
        ) { name in
            HTTPField.Name(name).flatMap { head.headerFields[$0] }
        }
    }

    private static func bytes(of body: Body) async throws -> [UInt8]? {
        if let bytes = body.bytes { return bytes }
        guard let length = body.length, length <= maximumLength else { return nil }
        return try await body.collect(upTo: maximumLength)
    }
}

extension Request {
    /// The request with a rewritten body, which asks for usage.
    fileprivate func rewritten(_ bytes: [UInt8]) -> Request {
        var request = self
        request.body = Body(bytes)
        if request.head.headerFields.contains(.contentLength) {
            request.head.headerFields[.contentLength] = String(bytes.count)
        }
        // Stripping needs a body without a content coding.
        request.head.headerFields[.acceptEncoding] = "identity"
        return request
    }
}

/// The body of a response whose first pieces were read to decide about it: those pieces, and then the rest.
private struct InspectedBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    /// How the body ended during the inspection.
    enum End: Sendable {
        case ended
        case failed(any Error)
    }

    static let cut = TransportError(
        .connectionLost,
        "The response's content coding broke off; what came of it before was handed over."
    )

    private let start: Start

    init(
        held: [ArraySlice<UInt8>],
        iterator: Body.AsyncIterator,
        end: End?,
        transformer: IncludeUsageResponse?
    ) {
        start = Start(AsyncIterator(held: held[...], iterator: iterator, end: end, transformer: transformer))
    }

    func makeAsyncIterator() -> AsyncIterator { start.take() }

    /// The iterator, until it is taken.
    ///
    /// SAFETY: the iterator is set before the body is handed over; afterwards it is read and cleared under the lock
    /// only.
    private final class Start: @unchecked Sendable {
        private var iterator: AsyncIterator?
        private let lock = Mutex(())

        init(_ iterator: AsyncIterator) {
            self.iterator = iterator
        }

        func take() -> AsyncIterator {
            lock.withLock { _ in
                defer { iterator = nil }
                // The enclosing `Body` is read once, so that the iterator is still there.
                return iterator
                    ?? AsyncIterator(held: [], iterator: Body().makeAsyncIterator(), end: .ended, transformer: nil)
            }
        }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var held: ArraySlice<ArraySlice<UInt8>>
        fileprivate var iterator: Body.AsyncIterator
        fileprivate var end: End?
        fileprivate var transformer: IncludeUsageResponse?

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            if let piece = held.popFirst() { return piece }
            while true {
                switch end {
                case .ended: return nil
                case .failed(let error):
                    end = .ended
                    throw error
                case nil: break
                }
                guard let piece = try await iterator.next(isolation: actor) else {
                    end = .ended
                    guard transformer != nil else { return nil }
                    var output: [UInt8] = []
                    transformer?.finish(into: &output)
                    if transformer?.mode == .broken { end = .failed(InspectedBody.cut) }
                    if output.isEmpty { continue }
                    return output[...]
                }
                guard transformer != nil else { return piece }
                var output: [UInt8] = []
                piece.withUnsafeBufferPointer { transformer?.receive($0, into: &output) }
                if transformer?.mode == .broken { end = .failed(InspectedBody.cut) }
                if !output.isEmpty { return output[...] }
            }
        }

        mutating func next() async throws -> ArraySlice<UInt8>? {
            try await next(isolation: nil)
        }
    }
}

@available(*, unavailable)
extension InspectedBody.AsyncIterator: Sendable {}
