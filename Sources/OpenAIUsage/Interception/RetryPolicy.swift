public import HTTPTypes

/// When a failed attempt is worth another one, and how long to wait before it, as the official SDKs decide it.
///
/// Connections that fail, and the statuses 408, 409, 429 and those from 500 on, are worth it, unless the response says
/// otherwise (`x-should-retry`) or names a limit that waiting does not lift (`insufficient_quota`, a spend limit). The
/// wait is the response's (`retry-after-ms`, `retry-after`), else it doubles from half a second up to eight.
public struct RetryPolicy: Sendable {
    /// The most attempts after the first.
    public var maximumRetries = 2
    /// The wait before the first retry that no response prescribes.
    public var initialDelay = Duration.milliseconds(500)
    /// The longest wait that no response prescribes.
    public var maximumDelay = Duration.seconds(8)
    /// The longest wait that a response may prescribe; a longer one is not waited for, and the own one stands.
    public var maximumPrescribedDelay = Duration.seconds(60)

    /// Errors of the status 429 that no wait mends.
    public static let lastingErrors: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
    ]

    /// Creates the policy of the official SDKs.
    public init() {}

    /// How long to wait before the next attempt.
    ///
    /// - Parameters:
    ///   - response: The response's head.
    ///   - errorCode: The error's code in the response's body, if it is known.
    ///   - retries: How many retries there were.
    ///   - jitter: A random number from 0 to 1.
    ///   - wallMicroseconds: The present in microseconds since 1970, which a date in `Retry-After` is compared with if the
    ///     response has no `Date`; the system's clock unless it is given.
    /// - Returns: `nil` if there should be none.
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

    /// How long to wait before the next attempt after one that got no response.
    ///
    /// - Parameters:
    ///   - error: Why it got none.
    ///   - retries: How many retries there were.
    ///   - jitter: A random number from 0 to 1.
    /// - Returns: `nil` if there should be none.
    public func delay(after error: TransportError, retries: Int, jitter: Double) -> Duration? {
        guard retries < maximumRetries else { return nil }
        switch error.code {
        case .unreachable, .timeout, .connectionLost: return ownDelay(retries, jitter)
        default: return nil
        }
    }

    /// Whether the code of an error has to be known before a retry is decided.
    func needsErrorCode(_ response: HTTPResponse) -> Bool { response.status.code == 429 }

    private static func isPassing(_ status: Int) -> Bool {
        status == 408 || status == 409 || status == 429 || status >= 500
    }

    /// The wait is shortened by up to a quarter, so that clients that failed together do not come back together.
    private func ownDelay(_ retries: Int, _ jitter: Double) -> Duration {
        var delay = initialDelay
        for _ in 0..<min(max(retries, 0), 32) where delay < maximumDelay { delay *= 2 }
        return min(delay, maximumDelay) * (1 - 0.25 * min(max(jitter, 0), 1))
    }
}
