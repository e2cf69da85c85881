/// A row of attributes that many calls share; some of them may be stored in the rows of calls instead.
protocol SharedRow: Equatable, Sendable {
    /// The attributes that are texts.
    associatedtype Field: CaseIterable & RawRepresentable<Int>

    /// Returns the most values of a field that has its own limit; `nil` for other fields.
    static func capacity(of field: Field) -> Int?
    /// True for a field that is stored in the table even if the table is full.
    static func isAlwaysShared(_ field: Field) -> Bool

    /// The fields that are stored in the rows of calls, as a bit set.
    var rowFields: UInt32 { get }
    /// The text of a field.
    subscript(field: Field) -> String? { get }
    /// Moves a field to the rows of calls.
    mutating func leaveToRows(_ field: Field)
    /// The hash of a row with all its fields, by which records find it.
    var wholeHash: UInt64 { get }
    /// The hash of a row with fields in the rows of calls.
    var partialHash: UInt64 { get }
}

/// The numbers of shared rows, and the limits of their table.
struct SharedRowIDs<Facts: SharedRow> {
    /// The longest value in a table, in bytes.
    static var maximumLength: Int { 256 }

    private var whole = SharedRowIndex()
    private var partial = SharedRowIndex()
    private var values: [Set<String>]
    private let capacity: Int
    private let valueCapacity: Int

    /// Creates an empty table.
    ///
    /// - Parameters:
    ///   - capacity: The most rows.
    ///   - values: The most values of a field.
    init(capacity: Int, values: Int) {
        self.capacity = capacity
        valueCapacity = values
        self.values = Facts.Field.allCases.map { _ in [] }
    }

    /// Returns the number of the complete row with a hash that satisfies a condition.
    func number(_ hash: UInt64, where condition: (Int) -> Bool) -> Int? { whole.number(hash, where: condition) }

    /// Moves the fields for which the table has no room to the rows of calls.
    ///
    /// - Parameters:
    ///   - facts: A complete row without a number.
    ///   - all: All rows of the table.
    /// - Returns: The number of the reduced row; `nil` if it has none yet.
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

    /// Adds a row of the table.
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
