/// The names that can become the values of a label, numbered in the order of their admission.
struct InternedNames: Sendable {
    /// The number of the name that stands for all that are not admitted.
    static let other: UInt16 = 0
    /// The most names that are admitted; a name more would find no room in any family.
    static let maximumCount = 400

    private(set) var names: [String] = [LabelValue.other]
    private var numbers: [String: UInt16] = [LabelValue.other: other]

    /// Creates a table that admits a name from the start.
    init(_ name: String) {
        admit(name)
    }

    /// The number of an admitted name.
    subscript(name: String) -> UInt16? { numbers[name] }

    /// The name of a number.
    subscript(number: UInt16) -> String { names[Int(number)] }

    /// Admits a name that is not yet there; `nil` when there are too many.
    @discardableResult
    mutating func admit(_ name: String) -> UInt16? {
        guard names.count <= Self.maximumCount else { return nil }
        let number = UInt16(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }
}
