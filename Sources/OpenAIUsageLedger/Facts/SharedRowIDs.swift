/// Facts that many calls share, some fields of which may stand in the rows themselves.
protocol SharedRow: Equatable, Sendable {
    /// The facts that are texts.
    associatedtype Field: CaseIterable & RawRepresentable<Int>

    /// The most values of a field that has a bound of its own.
    static func capacity(of field: Field) -> Int?
    /// True for a field that stands in the table also when that is full.
    static func isAlwaysShared(_ field: Field) -> Bool

    /// The fields that stand in the rows themselves, as a set of bits.
    var rowFields: UInt32 { get }
    /// The text of a field.
    subscript(field: Field) -> String? { get }
    /// Leaves a field to the rows.
    mutating func leaveToRows(_ field: Field)
    /// The hash by which records find the facts, none of which is left to the rows.
    var wholeHash: UInt64 { get }
    /// The hash of facts some of which are left to the rows.
    var partialHash: UInt64 { get }
}

/// The numbers of shared facts, and the bounds of their table.
struct SharedRowIDs<Facts: SharedRow> {
    /// The longest value that is kept in a table, in bytes.
    static var maximumLength: Int { 256 }

    private var whole = SharedRowIndex()
    private var partial = SharedRowIndex()
    private var values: [Set<String>]
    private let capacity: Int
    private let valueCapacity: Int

    /// Prepares an empty table.
    ///
    /// - Parameters:
    ///   - capacity: The most rows.
    ///   - values: The most values of a field.
    init(capacity: Int, values: Int) {
        self.capacity = capacity
        valueCapacity = values
        self.values = Facts.Field.allCases.map { _ in [] }
    }

    /// The number of whole facts with a hash that satisfy a condition.
    func number(_ hash: UInt64, where condition: (Int) -> Bool) -> Int? { whole.number(hash, where: condition) }

    /// Leaves to the rows what the table has no room for.
    ///
    /// - Parameters:
    ///   - facts: Whole facts that have no number.
    ///   - all: All facts of the table.
    /// - Returns: The number of what is left; `nil` if it has none yet.
    mutating func number(of facts: inout Facts, among all: [SharedTables.Fact<Facts>]) -> Int? {
        for field in Facts.Field.allCases {
            guard let value = facts[field] else { continue }
            let isFull = all.count >= capacity && !Facts.isAlwaysShared(field)
            if isFull || !takes(value, field) { facts.leaveToRows(field) }
        }
        guard facts.rowFields != 0 else { return nil }
        let rest = facts
        return partial.number(facts.partialHash) { all[$0 - 1].value == rest }
    }

    /// Adds facts that are in the table.
    mutating func insert(_ facts: Facts, _ number: Int) {
        for field in Facts.Field.allCases {
            if let value = facts[field] { values[field.rawValue].insert(value) }
        }
        if facts.rowFields == 0 {
            whole.insert(number, facts.wholeHash)
        } else {
            partial.insert(number, facts.partialHash)
        }
    }

    private func takes(_ value: String, _ field: Facts.Field) -> Bool {
        let known = values[field.rawValue]
        if known.contains(value) { return true }
        let most = min(valueCapacity, Facts.capacity(of: field) ?? .max)
        return known.count < most && value.utf8.count <= Self.maximumLength
    }
}
