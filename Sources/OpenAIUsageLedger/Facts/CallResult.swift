import OpenAIUsage

/// How a call ended: what reports count errors by.
///
/// Calls that share all of it refer to one row of the table `result`.
struct CallResult: Sendable, Hashable {
    /// The most results; beyond it a row bears its error itself.
    ///
    /// Numbers of results are part of the keys of rollups.
    static let capacity = 4_000

    /// The outcome.
    var outcome: Outcome
    /// The HTTP status; `nil` when there was no response.
    var status: Int?
    /// The `type` of the API's error.
    var errorType: String?
    /// The `code` of the API's error.
    var errorCode: String?
    /// True if type and code stand in the rows themselves.
    var isErrorInRow = false

    /// True if all of a record's fields are those of the result.
    func matches(_ record: borrowing CallRecord, _ outcome: Outcome) -> Bool {
        !isErrorInRow && self.outcome == outcome && status == record.status && errorType == record.errorType
            && errorCode == record.errorCode
    }

    /// True if the call failed: an error of the API, a cut response, a timeout, or an upstream that could not be reached.
    var isError: Bool {
        switch outcome {
        case .error, .cut, .timeout, .unreachable: true
        default: false
        }
    }

    /// True if the call can have used nothing.
    var usesNothing: Bool { outcome == .error || outcome == .unreachable }
}
