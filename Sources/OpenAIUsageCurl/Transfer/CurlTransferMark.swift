/// What the driving thread notes on a transfer.
///
/// SAFETY: only the driving thread reads and writes it, from the transfer's start to its end.
final class CurlTransferMark: @unchecked Sendable {
    /// The round of the driving thread, while the transfer is one of its own.
    var round: CurlRound?
    /// Whether something has happened to the transfer in this round.
    var isTouched = false

    /// Notes that something happens to the transfer, and returns the time of it.
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
