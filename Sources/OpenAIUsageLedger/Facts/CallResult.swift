import OpenAIUsage

/// The result of a call, by which reports count errors.
///
/// Calls with equal results refer to one row of the table `result`.
struct CallResult: Sendable, Hashable {
    /// The most results; rows of further ones store their errors themselves.
    ///
    /// Numbers of results are part of the keys of rollups.
    static let capacity = 4_000

    /// The outcome of the call.
    var outcome: Outcome
    /// The HTTP status; `nil` if there was no response.
    var status: Int?
    /// The `type` of the API error.
    var errorType: String?
    /// The `code` of the API error.
    var errorCode: String?
    /// True if type, code and status are stored in the rows of calls.
    var isErrorInRow = false

    /// True if all fields equal those of a record.
    func matches(_ record: borrowing CallRecord, _ outcome: Outcome) -> Bool {
        !isErrorInRow && self.outcome == outcome && status == record.status && errorType == record.errorType
            && errorCode == record.errorCode
    }

    /// True if the call failed.
    var isError: Bool { outcome.isError }

    /// True if the call cannot have used anything.
    var usesNothing: Bool { outcome == .error || outcome == .unreachable }
}
