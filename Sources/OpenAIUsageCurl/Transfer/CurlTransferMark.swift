/// The loop's notes on a transfer.
///
/// SAFETY: only the holder of the driver role reads and writes it (see ``CommandQueue``), from the transfer's start to its end.
final class CurlTransferMark: @unchecked Sendable {
    /// The loop's round, while the transfer is in flight.
    var round: CurlRound?
    /// True if the transfer was affected in this round.
    var isTouched = false

    /// Marks the transfer as affected in this round, and returns the time of the round.
    @discardableResult
    func touch(_ transfer: CurlTransfer) -> Int64 {
        guard let round else { return 0 }
        if !isTouched {
            isTouched = true
            round.touched.append(transfer)
        }
        return round.time
    }
}
