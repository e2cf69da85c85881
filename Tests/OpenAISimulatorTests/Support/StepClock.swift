import Synchronization

/// A clock that stands until it is stepped by a second.
final class StepClock: Sendable {
    private let seconds: Atomic<Int>

    init(start: Int) {
        seconds = Atomic(start)
    }

    var now: Int { seconds.load(ordering: .relaxed) }

    func step() { seconds.wrappingAdd(1, ordering: .relaxed) }
}
