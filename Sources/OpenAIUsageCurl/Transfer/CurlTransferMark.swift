/// What is noted on a transfer by the work on it.
///
/// SAFETY: only the thread whose turn it is reads and writes it (see ``CommandQueue``), from the transfer's start to its end.
final class CurlTransferMark: @unchecked Sendable {
    /// The round of the work, while the transfer is under way.
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
