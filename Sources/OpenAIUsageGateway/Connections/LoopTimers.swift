import NIOCore

/// A receiver of timers on an event loop.
protocol TimedItem: AnyObject {
    /// Called when a timer fires.
    ///
    /// - Parameter token: The token that the timer was scheduled with.
    func timerFired(_ token: Int)
    /// True if the timer is still needed; others may be dropped early.
    func isWaiting(_ token: Int) -> Bool
}

/// The timers of one event loop: a wheel of coarse ticks.
///
/// A timer costs one element of an array. Timers are not canceled: an item ignores those that it does not need anymore, and
/// is retained for at most one turn of the wheel after that.
final class LoopTimers {
    private struct Entry {
        var item: any TimedItem
        var token: Int
        var tick: Int64
    }

    /// The length of a tick in nanoseconds, by which a timer can be late.
    static let tick: Int64 = 5_000_000
    private static let slotCount: Int64 = 1_024

    private let eventLoop: any EventLoop
    @exclusivity(unchecked) private var slots: [[Entry]] = Array(repeating: [], count: Int(slotCount))
    @exclusivity(unchecked) private var count = 0
    private var isStopped = false
    /// The last tick that was processed.
    @exclusivity(unchecked) private var current: Int64
    /// The tick for which a task is scheduled.
    @exclusivity(unchecked) private var scheduled: Int64?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        current = Self.now / Self.tick
    }

    /// The current time, in monotonic nanoseconds.
    static var now: Int64 { Int64(bitPattern: NIODeadline.now().uptimeNanoseconds) }

    /// Schedules a timer.
    ///
    /// - Parameters:
    ///   - milliseconds: The delay.
    ///   - item: The item to call.
    ///   - token: The token to pass to it.
    func schedule(after milliseconds: Int64, _ item: any TimedItem, _ token: Int) {
        guard !isStopped else { return }
        let now = Self.now
        let nanoseconds = milliseconds < 1_000_000_000 ? milliseconds * 1_000_000 : 1_000_000_000_000_000
        if count == 0 { current = max(current, now / Self.tick) }
        insert(Entry(item: item, token: token, tick: (now + nanoseconds) / Self.tick + 1))
        wake(at: min((now + nanoseconds) / Self.tick + 1, current + Self.slotCount - 1))
    }

    /// Stops all timers; none fires afterwards.
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
        // An earlier turn was scheduled after this one.
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
