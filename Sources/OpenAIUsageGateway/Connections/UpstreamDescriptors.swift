/// The descriptors of one event loop for its connections to all upstreams.
///
/// Each pool has its own limit, but together they could hold more idle connections than the process may open; a listener
/// that cannot accept for lack of a descriptor would serve nobody.
final class UpstreamDescriptors {
    private struct Member {
        weak var pool: UpstreamPool?
    }

    /// The maximum number in use.
    let limit: Int
    private var used = 0
    private var members: [Member] = []

    /// Creates the descriptors.
    ///
    /// - Parameter limit: The maximum number in use; at least one.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Adds a pool, which may take descriptors and must give up idle connections for others.
    func add(_ pool: UpstreamPool) { members.append(Member(pool: pool)) }

    /// True if a call waits for a descriptor, so that no connection should stay idle.
    var isShort: Bool { used == limit && members.contains { $0.pool?.isWaiting ?? false } }

    /// Reserves a descriptor; if none is left, closes an idle connection of any pool.
    ///
    /// - Returns: False if the connection must wait; ``release()`` then serves the waiting calls.
    func take() -> Bool {
        if used == limit { _ = members.contains { $0.pool?.closeIdle() ?? false } }
        // The connection may have ended at once.
        guard used < limit else { return false }
        used += 1
        return true
    }

    /// Returns a descriptor, and offers it to the pools with waiting calls, beginning with another one each time.
    func release() {
        used -= 1
        if members.count > 1 { members.append(members.removeFirst()) }
        for member in members where used < limit { member.pool?.openForWaiters() }
    }
}
