import GRDB

/// The greatest differences between the start of a call and the time in its ID, in microseconds.
///
/// IDs only grow: after a clock is set back, they are ahead of it for a while.
struct StartRange: Sendable {
    private(set) var behind: Int64
    private(set) var ahead: Int64
    private var isSaved = true

    /// Creates the range from a ledger's stored values.
    init(_ database: Database) throws {
        func value(_ name: String) throws -> Int64 {
            try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name]) ?? 0
        }
        behind = try value("start_behind")
        ahead = try value("start_ahead")
    }

    /// Extends the range by a row.
    mutating func note(_ id: Int64, _ startedAt: Int64) {
        let told = RowFormat.start(of: id)
        guard told != startedAt else { return }
        let (difference, overflow) = told.subtractingReportingOverflow(startedAt)
        let distance = overflow ? Int64.max / 4 : min(Int64(clamping: difference.magnitude), .max / 4)
        if difference > 0, distance > behind { (behind, isSaved) = (distance, false) }
        if difference < 0, distance > ahead { (ahead, isSaved) = (distance, false) }
    }

    /// Saves the range if it has changed.
    mutating func save(_ database: Database) throws {
        guard !isSaved else { return }
        for (name, value) in [("start_behind", behind), ("start_ahead", ahead)] {
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)",
                arguments: [name, value]
            )
        }
        isSaved = true
    }

    /// True if every ID gives the start of its call.
    var isExact: Bool { behind == 0 && ahead == 0 }

    /// Returns the bounds of all rows that started in a time range, the end excluded; `nil` if there can be none.
    func rows(from: Int64?, to: Int64?) -> ClosedRange<Int64>? {
        let low = from.map { Self.id(of: Self.difference($0, ahead)) } ?? .min
        let high = to.map { Self.id(of: Self.sum($0, behind)) &- 1 } ?? .max
        return low <= high ? low...high : nil
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 { Int64(clamping: Int128(left) + Int128(right)) }
    private static func difference(_ left: Int64, _ right: Int64) -> Int64 {
        Int64(clamping: Int128(left) - Int128(right))
    }
    private static func id(of time: Int64) -> Int64 { Int64(clamping: Int128(time) << 11) }
}
