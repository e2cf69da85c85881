/// A round of the work on transfers.
///
/// SAFETY: only the thread whose turn it is reads and writes it (see ``CommandQueue``).
final class CurlRound: @unchecked Sendable {
    /// The monotonic time at which the round began.
    var time: Int64 = 0
    /// The transfers to which something has happened.
    var touched: [CurlTransfer] = []

    /// Wakes the callers for whom something has come.
    ///
    /// - Returns: When one of their transfers becomes due, at the earliest.
    func end(_ idleTimeout: Int64) -> Int64 {
        var deadline = Int64.max
        for transfer in touched {
            transfer.mark.isTouched = false
            if let next = transfer.wake(idleTimeout) { deadline = min(deadline, next) }
        }
        touched.removeAll(keepingCapacity: true)
        return deadline
    }
}
