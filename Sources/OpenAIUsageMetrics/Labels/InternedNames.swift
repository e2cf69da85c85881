/// The names that may be values of a label, numbered in order of admission.
struct InternedNames: Sendable {
    /// The number of the name that represents all names not admitted.
    static let other: UInt16 = 0
    /// The maximum number of admitted names; no family has room for more.
    static let maximumCount = 400

    private(set) var names: [String] = [LabelValue.other]
    private var numbers: [String: UInt16] = [LabelValue.other: other]

    /// Creates a table with one name admitted.
    init(_ name: String) {
        admit(name)
    }

    /// The number of a name; `nil` if it is not admitted.
    subscript(name: String) -> UInt16? { numbers[name] }

    /// The name of a number.
    subscript(number: UInt16) -> String { names[Int(number)] }

    /// Admits a new name and returns its number; `nil` if the table is full.
    @discardableResult
    mutating func admit(_ name: String) -> UInt16? {
        guard names.count <= Self.maximumCount else { return nil }
        let number = UInt16(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }
}
