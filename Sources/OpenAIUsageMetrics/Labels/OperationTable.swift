import OpenAIUsage

/// The operations with series, numbered in order of admission, the standard catalog first.
struct OperationTable: Sendable {
    /// The maximum number of operations; others are counted as `other`.
    static let maximumCount = 64

    private(set) var operations: [Endpoint.Operation] = []
    private var numbers: [Endpoint.Operation: UInt16] = [:]
    private let other: UInt16

    init() {
        operations = Endpoint.Operation.standard
        for (number, operation) in operations.enumerated() { numbers[operation] = UInt16(number) }
        other = numbers[.other] ?? 0
    }

    /// Returns the number of an operation, admitting it if there is room; otherwise the number of `other`.
    mutating func number(of operation: Endpoint.Operation) -> UInt16 {
        if let number = numbers[operation] { return number }
        guard operations.count < Self.maximumCount else { return other }
        let number = UInt16(operations.count)
        operations.append(operation)
        numbers[operation] = number
        return number
    }

    /// Returns the operation label of a set; `other` if all operations are folded.
    func label(of set: LabelSet) -> String {
        let number = Int(set.detail >> 16)
        return operations.indices.contains(number) ? operations[number].label : Endpoint.Operation.other.label
    }

    /// Returns the label of a number.
    func label(_ number: UInt16) -> String { operations[Int(number)].label }
}
