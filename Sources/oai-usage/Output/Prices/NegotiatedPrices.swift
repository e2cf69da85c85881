import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import Synchronization

/// Costs by a price file that a reprice without it would replace.
struct NegotiatedPrices: CustomStringConvertible {
    var calls: Int64 = 0
    var versions: Set<String> = []
    var oldPicoUSD: Int128 = 0
    var newPicoUSD: Int128 = 0

    /// Returns the calls that a price file has priced and that would cost something else by the built-in prices.
    ///
    /// A version with a plus sign names price files. A book that has one itself replaces a price file by another, which is
    /// how corrections are made, and loses nothing.
    ///
    /// - Parameters:
    ///   - query: The calls to reprice.
    ///   - reader: The reader of the ledger.
    ///   - book: The price book.
    /// - Returns: The sums over the calls.
    /// - Throws: A ``LedgerError``.
    static func lost(_ query: RepriceQuery, _ reader: LedgerReader, _ book: PriceBook) throws -> NegotiatedPrices {
        guard !book.version.contains("+") else { return NegotiatedPrices() }
        let sums = Mutex(NegotiatedPrices())
        var dry = query
        dry.isDryRun = true
        _ = try reader.reprice(dry) { record in
            let cost = book.cost(of: record)
            if let version = record.cost.priceVersion, version.contains("+"), cost.picoUSD != record.cost.picoUSD {
                sums.withLock { sums in
                    sums.calls += 1
                    sums.versions.insert(version)
                    sums.oldPicoUSD += Int128(record.cost.picoUSD ?? 0)
                    sums.newPicoUSD += Int128(cost.picoUSD ?? 0)
                }
            }
            return cost
        }
        return sums.withLock { $0 }
    }

    var description: String {
        let names = versions.sorted().prefix(3).joined(separator: ", ")
        let old = NumberFormat.dollars(picoUSD: oldPicoUSD)
        let new = NumberFormat.dollars(picoUSD: newPicoUSD)
        return
            "\(NumberFormat.calls(calls)) were priced by a price file (\(names)), and no price file is named now: their cost would go from \(old) to \(new) by the built-in prices."
    }
}
