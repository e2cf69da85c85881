/// The descriptors that one event loop has for its connections to all upstreams.
///
/// Each pool has a limit of its own, and together they could hold more idle connections than the system lets the process
/// open; a listener that cannot accept for want of a descriptor would serve nobody.
final class UpstreamDescriptors {
    private struct Member {
        weak var pool: UpstreamPool?
    }

    /// The most that may be in use.
    let limit: Int
    private var used = 0
    private var members: [Member] = []

    /// Creates the descriptors.
    ///
    /// - Parameter limit: The most that may be in use; at least one.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Lets a pool have descriptors, and asks it for those of its idle connections.
    func add(_ pool: UpstreamPool) { members.append(Member(pool: pool)) }

    /// True if a call waits for a descriptor, so that none is to be kept by an idle connection.
    var isShort: Bool { used == limit && members.contains { $0.pool?.isWaiting ?? false } }

    /// Takes a descriptor; if there is none, an idle connection of any pool is ended.
    ///
    /// - Returns: False if the connection must wait: whoever waits in a pool is told when there is a descriptor again.
    func take() -> Bool {
        if used == limit { _ = members.contains { $0.pool?.closeIdle() ?? false } }
        // A connection may end at once.
        guard used < limit else { return false }
        used += 1
        return true
    }

    /// Gives a descriptor back, and lets the pools have it whose calls wait, another one first each time.
    func giveBack() {
        used -= 1
        if members.count > 1 { members.append(members.removeFirst()) }
        for member in members where used < limit { member.pool?.openForWaiters() }
    }
}
