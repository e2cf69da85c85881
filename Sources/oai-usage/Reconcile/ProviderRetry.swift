import Foundation
import NIOHTTP1
import OpenAIUsage

/// The decision on a failed request to the provider's admin API.
struct ProviderRetry {
    /// The next step.
    enum Decision: Equatable {
        /// Try again after a number of milliseconds.
        case wait(Int64)
        case giveUp
    }

    /// The most requests for one answer.
    var attempts = 6
    /// The longest pause in milliseconds; a server that asks for more is not waited for.
    var longestPause: Int64 = 120_000
    /// The longest pause that is told apart from longer ones, a day.
    private let longestAsked: Int64 = 86_400_000

    /// Decides on a failure.
    ///
    /// - Parameters:
    ///   - attempt: The number of the failed request, from 1.
    ///   - status: The status; `nil` if there was no answer.
    ///   - headers: The headers of the answer.
    ///   - code: The code of the error; `nil` if it has none.
    ///   - now: The time in seconds since 1970.
    /// - Returns: The decision.
    func decision(attempt: Int, status: Int?, headers: HTTPHeaders, code: String?, now: Int64) -> Decision {
        guard attempt < attempts else { return .giveUp }
        if let status, status < 500, ![408, 409, 425, 429].contains(status) { return .giveUp }
        // A quota that is used up does not come back within minutes.
        if status == 429, let code, code != "rate_limit_exceeded", code != "slow_down" { return .giveUp }
        let pause = asked(headers, now: now) ?? min(30_000, 500 << Int64(attempt - 1))
        return pause <= longestPause ? .wait(pause) : .giveUp
    }

    private func asked(_ headers: HTTPHeaders, now: Int64) -> Int64? {
        if let text = headers.first(name: "retry-after-ms"), let value = DecimalNumber(text)?.quantity {
            let (whole, rest) = value.numerator.quotientAndRemainder(dividingBy: value.denominator)
            return min(whole, longestAsked) + (rest > 0 ? 1 : 0)
        }
        guard let text = headers.first(name: "retry-after") else { return nil }
        if let seconds = Int64(text), seconds >= 0 { return min(seconds, longestAsked / 1_000) * 1_000 }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = .gmt
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = format.date(from: text) else { return nil }
        let pause = date.timeIntervalSince1970 - Double(now)
        return Int64(max(0, min(pause, Double(longestAsked / 1_000)))) * 1_000
    }
}
