import Synchronization

/// A clock that advances by a second whenever it is read.
final class StepClock: Sendable {
    private let seconds: Atomic<Int>

    init(start: Int) {
        seconds = Atomic(start)
    }

    func next() -> Int {
        seconds.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}
