import Synchronization

/// A sum that may be added to from anywhere.
final class CountedBytes: Sendable {
    private let sum = Atomic<Int>(0)

    var value: Int { sum.load(ordering: .relaxed) }

    func add(_ count: Int) {
        sum.wrappingAdd(count, ordering: .relaxed)
    }
}
