import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import Synchronization

/// Costs that a reprice would take off calls: those by a price file that is not named now, and those that the book has no price
/// for.
struct LostPrices: CustomStringConvertible {
    private struct State {
        var negotiated = Sums()
        var unpriced = Sums()
    }

    /// Sums over calls, with the versions that had priced them.
    struct Sums {
        var calls: Int64 = 0
        var versions: Set<String> = []
        var oldPicoUSD: Int128 = 0
        var newPicoUSD: Int128 = 0

        fileprivate mutating func add(_ old: CallCost, _ new: CallCost) {
            calls += 1
            if let version = old.priceVersion { versions.insert(version) }
            oldPicoUSD += Int128(old.picoUSD ?? 0)
            newPicoUSD += Int128(new.picoUSD ?? 0)
        }
    }

    /// The calls that a price file has priced and that would cost something else by the built-in prices.
    let negotiated: Sums
    /// The calls with a cost that would have none.
    let unpriced: Sums
    private let version: String

    /// Finds the costs that a reprice would take off.
    ///
    /// A version with a plus sign names price files. A book that has one itself replaces a price file by another, which is
    /// how corrections are made, and loses only what it has no price for.
    ///
    /// - Parameters:
    ///   - query: The calls to reprice.
    ///   - reader: The reader of the ledger.
    ///   - book: The price book.
    /// - Throws: A ``LedgerError``.
    init(_ query: RepriceQuery, _ reader: LedgerReader, _ book: PriceBook) throws {
        let hasFile = book.version.contains("+")
        let sums = Mutex(State())
        var dry = query
        dry.isDryRun = true
        _ = try reader.reprice(dry) { record in
            let cost = book.cost(of: record)
            let isKnown = (record.cost.picoUSD ?? 0) != 0
            if isKnown, cost.picoUSD == nil {
                sums.withLock { $0.unpriced.add(record.cost, cost) }
            } else if !hasFile, record.cost.priceVersion?.contains("+") == true, cost.picoUSD != record.cost.picoUSD {
                sums.withLock { $0.negotiated.add(record.cost, cost) }
            }
            return cost
        }
        (negotiated, unpriced) = sums.withLock { ($0.negotiated, $0.unpriced) }
        version = book.version
    }

    /// True if nothing would be taken off.
    var isEmpty: Bool { negotiated.calls + unpriced.calls == 0 }

    /// The costs that would be taken off, in sentences.
    var description: String {
        var sentences: [String] = []
        if negotiated.calls > 0 {
            let names = negotiated.versions.sorted().prefix(3).joined(separator: ", ")
            let old = NumberFormat.dollars(picoUSD: negotiated.oldPicoUSD)
            let new = NumberFormat.dollars(picoUSD: negotiated.newPicoUSD)
            sentences.append(
                "\(NumberFormat.calls(negotiated.calls)) were priced by a price file (\(names)), and no price file is named now: their cost would go from \(old) to \(new) by the built-in prices."
            )
        }
        if unpriced.calls > 0 {
            let old = NumberFormat.dollars(picoUSD: unpriced.oldPicoUSD)
            sentences.append(
                "\(NumberFormat.calls(unpriced.calls)) that cost \(old) would have no cost: the prices \(version) have none for what they used."
            )
        }
        return sentences.joined(separator: "\n")
    }
}
