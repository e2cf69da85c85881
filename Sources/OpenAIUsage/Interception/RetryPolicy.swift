public import HTTPTypes

/// When a failed attempt is retried, and after which delay, as in the official SDKs.
///
/// Failed connections and the statuses 408, 409, 429 and those from 500 on are retried, unless the response says
/// otherwise (`x-should-retry`) or names a limit that waiting does not lift (`insufficient_quota`, a spend limit). The
/// delay is the response's (`retry-after-ms`, `retry-after`), else it doubles from half a second up to eight.
public struct RetryPolicy: Sendable {
    /// The most attempts after the first.
    public var maximumRetries = 2
    /// The delay before the first retry, unless the response prescribes one.
    public var initialDelay = Duration.milliseconds(500)
    /// The longest delay, unless the response prescribes one.
    public var maximumDelay = Duration.seconds(8)
    /// The longest delay that a response may prescribe; a longer one is ignored in favor of the policy's own.
    public var maximumPrescribedDelay = Duration.seconds(60)

    /// The error codes of status 429 that waiting does not resolve.
    public static let lastingErrors: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
    ]

    /// Creates a policy with the values of the official SDKs.
    public init() {}

    /// The delay before the next attempt.
    ///
    /// - Parameters:
    ///   - response: The response's head.
    ///   - errorCode: The error's code in the response's body; `nil` if it is not known.
    ///   - retries: The number of retries so far.
    ///   - jitter: A random number from 0 to 1.
    ///   - wallMicroseconds: The current time in microseconds since 1970, with which a date in `Retry-After` is
    ///     compared if the response has no `Date`; by default the system clock's.
    /// - Returns: The delay; `nil` for no further attempt.
    public func delay(
        after response: HTTPResponse,
        errorCode: String?,
        retries: Int,
        jitter: Double,
        wallMicroseconds: Int64 = SystemUsageClock().wallMicroseconds
    ) -> Duration? {
        guard retries < maximumRetries else { return nil }
        let facts = ResponseHeaders(response.headerFields, wallMicroseconds: wallMicroseconds)
        switch facts.diagnostics["x-should-retry"]?.lowercased() {
        case "true": break
        case "false": return nil
        default:
            guard Self.isPassing(response.status.code), !Self.lastingErrors.contains(errorCode ?? "") else {
                return nil
            }
        }
        if let milliseconds = facts.retryAfterMilliseconds, milliseconds > 0 {
            let prescribed = Duration.milliseconds(milliseconds)
            if prescribed <= maximumPrescribedDelay { return prescribed }
        }
        return ownDelay(retries, jitter)
    }

    /// The delay before the next attempt after one without a response.
    ///
    /// - Parameters:
    ///   - error: The error of the attempt.
    ///   - retries: The number of retries so far.
    ///   - jitter: A random number from 0 to 1.
    /// - Returns: The delay; `nil` for no further attempt.
    public func delay(after error: TransportError, retries: Int, jitter: Double) -> Duration? {
        guard retries < maximumRetries else { return nil }
        switch error.code {
        case .unreachable, .timeout, .connectionLost: return ownDelay(retries, jitter)
        default: return nil
        }
    }

    /// True if the code of an error must be known before a retry is decided.
    func needsErrorCode(_ response: HTTPResponse) -> Bool { response.status.code == 429 }

    private static func isPassing(_ status: Int) -> Bool {
        status == 408 || status == 409 || status == 429 || status >= 500
    }

    /// The policy's own delay, shortened by up to a quarter so that clients that failed together do not return
    /// together.
    private func ownDelay(_ retries: Int, _ jitter: Double) -> Duration {
        var delay = initialDelay
        for _ in 0..<min(max(retries, 0), 32) where delay < maximumDelay { delay *= 2 }
        return min(delay, maximumDelay) * (1 - 0.25 * min(max(jitter, 0), 1))
    }
}
