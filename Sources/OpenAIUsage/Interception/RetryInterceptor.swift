import HTTPTypes

/// Retries failed attempts, by a ``RetryPolicy`` and within a ``RetryBudget``.
///
/// All attempts of a call share its identity and are numbered, so that the ledger shows them as one call. A request
/// whose body can be read only once is not retried. Cancelling the task ends a wait at once.
///
/// Before a retry, up to 64 KiB of the failed attempt's body are read, within a time limit: its error is recorded, and
/// its connection is reused if the body ends there. A response that is returned has its whole body.
public struct RetryInterceptor: Interceptor {
    private let policy: RetryPolicy
    private let budget: RetryBudget
    private let identities: CallIDGenerator
    private let clock: any UsageClock
    private let sleep: @Sendable (Duration) async throws -> Void
    private let errorReadTimeout: Duration
    private let timeout: @Sendable (Duration) async throws -> Void
    private let random: @Sendable () -> Double

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - policy: The rules for which attempts are retried, and when.
    ///   - budget: The limit on the retries of all calls together.
    ///   - clock: The clock for identities, and for retry dates.
    ///   - sleep: Waits before a retry; throws when the task is cancelled.
    ///   - errorReadTimeout: The time limit for reading the error of a failed attempt before its retry.
    ///   - timeout: Waits for that time limit; throws when the task is cancelled.
    ///   - random: Returns a random number from 0 to 1.
    public init(
        policy: RetryPolicy = RetryPolicy(),
        budget: RetryBudget = RetryBudget(),
        clock: any UsageClock = SystemUsageClock(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        errorReadTimeout: Duration = .seconds(2),
        timeout: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.policy = policy
        self.budget = budget
        self.clock = clock
        self.sleep = sleep
        self.errorReadTimeout = errorReadTimeout
        self.timeout = timeout
        self.random = random
        identities = CallIDGenerator.shared(by: clock)
    }

    /// Sends attempts until one is not to be retried.
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
        guard request.body?.isReplayable ?? true else {
            context.attempt = 0
            return try await next(request, context)
        }
        var retries = 0
        while true {
            context.attempt = retries
            let verdict: Verdict
            do {
                verdict = await judge(try await next(request, context), retries)
            } catch let error as TransportError {
                guard let delay = policy.delay(after: error, retries: retries, jitter: random()), budget.takeRetry()
                else { throw error }
                verdict = .retry(delay)
            }
            switch verdict {
            case .response(let response): return response
            case .retry(let delay):
                retries += 1
                try await sleep(delay)
            }
        }
    }

    /// The decision about an attempt with a response.
    private enum Verdict {
        case response(Response)
        case retry(Duration)
    }

    /// Decides about a response; one that is to be retried is dropped after its error was read.
    private func judge(_ response: Response, _ retries: Int) async -> Verdict {
        let jitter = random()
        func delay(_ code: String?) -> Duration? {
            policy.delay(
                after: response.head,
                errorCode: code,
                retries: retries,
                jitter: jitter,
                wallMicroseconds: clock.wallMicroseconds
            )
        }
        guard let expected = delay(nil), budget.takeRetry() else { return .response(response) }
        let error = RetriedError(response)
        // A body that broke off or took too long cannot be returned.
        guard await read(error), policy.needsErrorCode(response.head) else { return .retry(expected) }
        if let delay = delay(error.code) { return .retry(delay) }
        budget.returnRetry()
        return .response(error.response)
    }

    /// Reads an error within the time limit.
    ///
    /// - Returns: False if it broke off or took too long.
    private func read(_ error: RetriedError) async -> Bool {
        await withTaskGroup(of: Bool.self) { [timeout, errorReadTimeout] group in
            group.addTask {
                do {
                    try await error.read()
                    return true
                } catch {
                    return false
                }
            }
            group.addTask {
                // A cancelled wait means the same as one that is over.
                try? await timeout(errorReadTimeout)
                return false
            }
            let isRead = await group.next() ?? false
            group.cancelAll()
            return isRead
        }
    }

    /// True if the request itself assigns an identity to the call.
    private static func names(_ head: HTTPRequest) -> Bool {
        head.headerFields.contains(.clientRequestID) || head.headerFields.contains(.idempotencyKey)
    }
}
