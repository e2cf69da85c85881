import OpenAIUsage

/// Sums charges by hour, in memory that the number of calls does not grow.
///
/// Calls arrive in the order of their starts, which may differ a little between ledgers. An hour is complete once a call two
/// hours later arrives. An hour with very many different charges, as of tags that differ in every call, is passed on in
/// parts, so that a key may appear more than once; the sums stay the same.
struct ChargeSums {
    /// The most different charges in memory.
    private let maximumCount: Int
    private var sums: [Charge.Key: Charge] = [:]
    private var hour = Int64.min
    /// The number of charges that were passed on.
    private(set) var count: Int64 = 0
    /// The sum of all costs in pico-dollars.
    private(set) var picoUSD: Int128 = 0
    /// The number of charges without a price.
    private(set) var unpricedCount: Int64 = 0

    /// Creates empty sums.
    init(maximumCount: Int = 50_000) {
        self.maximumCount = maximumCount
    }

    /// Adds a charge, and returns those that are complete, in order.
    mutating func add(_ charge: Charge) -> [Charge] {
        picoUSD += charge.picoUSD
        var done: [Charge] = []
        if charge.key.hour > hour {
            hour = charge.key.hour
            let limit = hour - Charge.hourLength
            if sums.keys.contains(where: { $0.hour < limit }) { done = take { $0.hour < limit } }
        }
        if let sum = sums[charge.key] {
            if let quantity = sum.quantity.plus(charge.quantity) {
                sums[charge.key]?.quantity = quantity
                sums[charge.key]?.picoUSD += charge.picoUSD
                sums[charge.key]?.calls += charge.calls
            } else {
                // A sum that does not fit is passed on, and begins again.
                sums[charge.key] = charge
                done.append(sum)
                count += 1
            }
        } else {
            sums[charge.key] = charge
            if sums.count > maximumCount { done += take { _ in true } }
        }
        return done
    }

    /// Returns the charges that are left, in order.
    mutating func finish() -> [Charge] { take { _ in true } }

    private mutating func take(where isComplete: (Charge.Key) -> Bool) -> [Charge] {
        let done = sums.values.filter { isComplete($0.key) }
        if done.count == sums.count {
            sums.removeAll(keepingCapacity: true)
        } else {
            for charge in done { sums[charge.key] = nil }
        }
        count += Int64(done.count)
        unpricedCount += Int64(done.count { $0.key.price == nil })
        return done.map { ($0, Self.order($0.key)) }.sorted { left, right in
            left.0.key.hour != right.0.key.hour
                ? left.0.key.hour < right.0.key.hour : left.1.lexicographicallyPrecedes(right.1)
        }.map(\.0)
    }

    /// The texts by which the charges of an hour are sorted, so that equal ledgers give equal files.
    private static func order(_ key: Charge.Key) -> [String] {
        [
            key.organization ?? "", key.project, key.model ?? "", key.serviceTier ?? "", key.tags ?? "", key.sku,
            key.price?.id ?? "", key.status, key.reason ?? "", key.priceBook ?? "", key.provider, key.region ?? "",
            key.price?.unitPrice.text ?? "", key.price?.listUnitPrice.text ?? "",
        ]
    }
}
