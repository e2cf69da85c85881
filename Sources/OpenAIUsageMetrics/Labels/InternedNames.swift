/// The names that may be values of a label, numbered in order of admission.
struct InternedNames: Sendable {
    /// The number of the name that represents all names not admitted.
    static let other: UInt16 = 0
    /// The maximum number of admitted names.
    let maximumCount: Int

    private(set) var names: [String] = [LabelValue.other]
    private var numbers: [String: UInt16] = [LabelValue.other: other]

    /// Creates a table for a number of names, and for one more that is always admitted if it is given.
    init(_ name: String? = nil, maximumCount: Int) {
        self.maximumCount = min(max(1, maximumCount), Int(UInt16.max) - 2) + (name == nil ? 0 : 1)
        if let name { admit(name) }
    }

    /// The number of a name; `nil` if it is not admitted.
    subscript(name: String) -> UInt16? { numbers[name] }

    /// The name of a number.
    subscript(number: UInt16) -> String { names[Int(number)] }

    /// Admits a name and returns its number; `nil` if the table is full.
    @discardableResult
    mutating func admit(_ name: String) -> UInt16? {
        if let number = numbers[name] { return number }
        guard names.count <= maximumCount else { return nil }
        let number = UInt16(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }
}
