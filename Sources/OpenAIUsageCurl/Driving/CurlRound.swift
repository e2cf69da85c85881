/// One iteration of the loop.
///
/// SAFETY: only the holder of the driver role reads and writes it (see ``CommandQueue``).
final class CurlRound: @unchecked Sendable {
    /// The monotonic time at the start of the round, in nanoseconds.
    var time: Int64 = 0
    /// The transfers that were affected in this round.
    var touched: [CurlTransfer] = []

    /// Wakes the callers whose transfers have progressed.
    ///
    /// - Parameter idleTimeout: The time limit for a transfer without progress, in nanoseconds.
    /// - Returns: The earliest deadline of these transfers, `Int64.max` for none.
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
