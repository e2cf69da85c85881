/// What repricing changes for the calls of one project and model.
public struct RepriceRow: Sendable, Equatable {
    /// The project; `nil` in totals.
    public var project: String?
    /// The model that served, else the requested one; `nil` if there is none, and in totals.
    public var model: String?
    /// The calls.
    public var calls: Int64 = 0
    /// The calls whose cost changes, or how sure it is.
    public var changed: Int64 = 0
    /// The calls that were priced by another price book, and are written; those that change are among them.
    public var written: Int64 = 0
    /// The sum of the costs that were known before; `nil` if none was.
    public var oldPicoUSD: Int128?
    /// The sum of the costs that are known after; `nil` if none is.
    public var newPicoUSD: Int128?
    /// The calls that had no price, or not in full.
    public var oldUnpriced: Int64 = 0
    /// The calls that have no price, or not in full.
    public var newUnpriced: Int64 = 0

    /// Creates a row without calls.
    package init(project: String? = nil, model: String? = nil) {
        self.project = project
        self.model = model
    }

    /// By how much the sum changes.
    public var differencePicoUSD: Int128 { (newPicoUSD ?? 0) - (oldPicoUSD ?? 0) }

    /// Adds another row's calls.
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
