import NIOCore

/// Something that waits for moments on a loop.
protocol TimedItem: AnyObject {
    /// Takes it that a moment has come.
    ///
    /// - Parameter token: What the moment was asked for with.
    func timerFired(_ token: Int)
    /// True if the moment is still waited for; what is not is dropped early.
    func isWaiting(_ token: Int) -> Bool
}

/// The timers of one event loop: a wheel of coarse ticks.
///
/// A timer costs one element of an array. None is canceled: whoever asked decides whether the moment still means something.
/// An item is held for at most one turn of the wheel after it has stopped waiting.
final class LoopTimers {
    private struct Entry {
        var item: any TimedItem
        var token: Int
        var tick: Int64
    }

    /// The nanoseconds of a tick, by which a timer can be late.
    static let tick: Int64 = 5_000_000
    private static let slotCount: Int64 = 1_024

    private let eventLoop: any EventLoop
    @exclusivity(unchecked) private var slots: [[Entry]] = Array(repeating: [], count: Int(slotCount))
    @exclusivity(unchecked) private var count = 0
    private var isStopped = false
    /// The last tick that was looked at.
    @exclusivity(unchecked) private var current: Int64
    /// The tick that the loop will call for.
    @exclusivity(unchecked) private var scheduled: Int64?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        current = Self.now / Self.tick
    }

    /// The monotonic nanoseconds.
    static var now: Int64 { Int64(bitPattern: NIODeadline.now().uptimeNanoseconds) }

    /// Asks for a moment.
    ///
    /// - Parameters:
    ///   - milliseconds: How long until then.
    ///   - item: Who is told.
    ///   - token: What the item is told with.
    func schedule(after milliseconds: Int64, _ item: any TimedItem, _ token: Int) {
        guard !isStopped else { return }
        let now = Self.now
        let nanoseconds = milliseconds < 1_000_000_000 ? milliseconds * 1_000_000 : 1_000_000_000_000_000
        if count == 0 { current = max(current, now / Self.tick) }
        insert(Entry(item: item, token: token, tick: (now + nanoseconds) / Self.tick + 1))
        wake(at: min((now + nanoseconds) / Self.tick + 1, current + Self.slotCount - 1))
    }

    /// Ends all waiting: nobody is told of anything any more.
    func stop() {
        isStopped = true
        slots = Array(repeating: [], count: Int(Self.slotCount))
        count = 0
    }

    private func insert(_ entry: Entry) {
        let tick = min(max(entry.tick, current + 1), current + Self.slotCount - 1)
        slots[Int(tick % Self.slotCount)].append(entry)
        count += 1
    }

    private func wake(at tick: Int64) {
        if let scheduled, scheduled <= tick { return }
        scheduled = tick
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(bitPattern: tick * Self.tick))
        eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.turn(tick) }
    }

    private func turn(_ tick: Int64) {
        // A later turn was asked for before an earlier one was.
        guard scheduled == tick else { return }
        scheduled = nil
        let last = max(Self.now / Self.tick, tick)
        while current < last, count > 0 {
            current += 1
            let slot = Int(current % Self.slotCount)
            guard !slots[slot].isEmpty else { continue }
            let entries = slots[slot]
            slots[slot] = []
            count -= entries.count
            for entry in entries {
                if entry.tick <= current {
                    entry.item.timerFired(entry.token)
                } else if entry.item.isWaiting(entry.token) {
                    insert(entry)
                }
            }
        }
        current = max(current, last)
        guard count > 0 else { return }
        var next = current + 1
        while slots[Int(next % Self.slotCount)].isEmpty { next += 1 }
        wake(at: next)
    }
}
