/// The changes of repricing for the calls of one project and model.
public struct RepriceRow: Sendable, Equatable {
    /// The project; `nil` in totals.
    public var project: String?
    /// The answered model, or else the requested one; `nil` if there is none, and in totals.
    public var model: String?
    /// The number of calls.
    public var calls: Int64 = 0
    /// The number of calls whose cost, status or reason changes.
    public var changed: Int64 = 0
    /// The number of calls whose cost differs in anything, such as the price version, and is written; includes changed calls.
    public var written: Int64 = 0
    /// The sum of the known costs before, in picodollars (millionths of a millionth of a US dollar); `nil` if none was known.
    public var oldPicoUSD: Int128?
    /// The sum of the known costs after, in picodollars; `nil` if none is known.
    public var newPicoUSD: Int128?
    /// The number of calls without a complete price before.
    public var oldUnpriced: Int64 = 0
    /// The number of calls without a complete price after.
    public var newUnpriced: Int64 = 0

    /// Creates a row without calls.
    package init(project: String? = nil, model: String? = nil) {
        self.project = project
        self.model = model
    }

    /// The change of the sum, in picodollars.
    public var differencePicoUSD: Int128 { (newPicoUSD ?? 0) - (oldPicoUSD ?? 0) }

    /// Adds the calls of another row.
    mutating func add(_ other: RepriceRow) {
        calls += other.calls
        changed += other.changed
        written += other.written
        if let amount = other.oldPicoUSD { oldPicoUSD = (oldPicoUSD ?? 0) + amount }
        if let amount = other.newPicoUSD { newPicoUSD = (newPicoUSD ?? 0) + amount }
        oldUnpriced += other.oldUnpriced
        newUnpriced += other.newUnpriced
    }
}
