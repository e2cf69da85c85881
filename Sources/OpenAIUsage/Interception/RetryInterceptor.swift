import HTTPTypes

/// Tries again what is worth it, by a ``RetryPolicy`` and within a ``RetryBudget``.
///
/// All attempts bear one operation's identity and their numbers, so that the ledger shows them as one call. A request
/// whose body can be read once only is tried once only. Cancelling the task ends a wait at once.
public struct RetryInterceptor: Interceptor {
    /// The longest body of an error that is looked into, in bytes.
    private static let maximumErrorLength = 1 << 20

    private let policy: RetryPolicy
    private let budget: RetryBudget
    private let identities: CallIDGenerator
    private let clock: any UsageClock
    private let sleep: @Sendable (Duration) async throws -> Void
    private let random: @Sendable () -> Double

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - policy: What is tried again, and when.
    ///   - budget: How many retries all calls together may make.
    ///   - clock: The clock that identities are made of.
    ///   - sleep: How to wait; it throws when the task is cancelled.
    ///   - random: A random number from 0 to 1.
    public init(
        policy: RetryPolicy = RetryPolicy(),
        budget: RetryBudget = RetryBudget(),
        clock: any UsageClock = SystemUsageClock(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.policy = policy
        self.budget = budget
        self.clock = clock
        self.sleep = sleep
        self.random = random
        identities = CallIDGenerator()
    }

    /// Makes attempts until one is not worth another.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if context.operationID == nil, !Self.names(request.head) {
            context.operationID = identities.next(at: clock.wallMicroseconds).description
        }
        budget.callStarted()
        let isReplayable = request.body?.isReplayable ?? true
        var retries = 0
        while true {
            context.attempt = retries
            let delay: Duration
            do {
                let response = try await next(request, context)
                var kept = response
                var code: String?
                if isReplayable, retries < policy.maximumRetries, policy.needsErrorCode(response.head) {
                    (kept, code) = try await Self.readError(of: response)
                }
                guard isReplayable,
                    let wait = policy.delay(after: response.head, errorCode: code, retries: retries, jitter: random()),
                    budget.takeRetry()
                else { return kept }
                delay = wait
            } catch let error as TransportError {
                guard isReplayable, let wait = policy.delay(after: error, retries: retries, jitter: random()),
                    budget.takeRetry()
                else { throw error }
                delay = wait
            }
            retries += 1
            try await sleep(delay)
        }
    }

    /// Whether the request itself gives the call an identity.
    private static func names(_ head: HTTPRequest) -> Bool {
        head.headerFields.contains(.clientRequestID) || head.headerFields.contains(.idempotencyKey)
    }

    /// The code of the error in a response's body, and the response with its body to be read anew.
    private static func readError(of response: Response) async throws -> (Response, String?) {
        guard response.body.length ?? 0 <= maximumErrorLength else { return (response, nil) }
        var response = response
        var iterator = response.body.makeAsyncIterator()
        var bytes: [UInt8] = []
        while bytes.count <= maximumErrorLength, let piece = try await iterator.next(isolation: nil) {
            bytes.append(contentsOf: piece)
        }
        guard bytes.count <= maximumErrorLength else {
            throw TransportError(
                .bodyTooLarge,
                "The answer to a refused call is longer than \(maximumErrorLength) bytes."
            )
        }
        var meter = ResponseMeter(mode: .document, hint: .document, meter: .none)
        bytes.withUnsafeBufferPointer { meter.receive($0) }
        meter.finish()
        response.body = Body(bytes)
        return (response, meter.errorCode)
    }
}
