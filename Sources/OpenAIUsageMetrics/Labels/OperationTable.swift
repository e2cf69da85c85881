import OpenAIUsage

/// The operations that have series, numbered in the order of their admission: those of the standard catalog first.
struct OperationTable: Sendable {
    /// The most operations that are told apart; the rest are `other`.
    static let maximumCount = 64

    private(set) var operations: [Endpoint.Operation] = []
    private var numbers: [Endpoint.Operation: UInt16] = [:]
    private let other: UInt16

    init() {
        operations = Endpoint.Operation.standard
        for (number, operation) in operations.enumerated() { numbers[operation] = UInt16(number) }
        other = numbers[.other] ?? 0
    }

    /// The number of an operation, which is admitted if there is room.
    mutating func number(of operation: Endpoint.Operation) -> UInt16 {
        if let number = numbers[operation] { return number }
        guard operations.count < Self.maximumCount else { return other }
        let number = UInt16(operations.count)
        operations.append(operation)
        numbers[operation] = number
        return number
    }

    /// The label of a set's operation; `other` for a set that stands for any.
    func label(of set: LabelSet) -> String {
        let number = Int(set.detail >> 16)
        return operations.indices.contains(number) ? operations[number].label : Endpoint.Operation.other.label
    }

    /// The label of a number.
    func label(_ number: UInt16) -> String { operations[Int(number)].label }
}
