/// Makes the same call over and over.
struct Caller: Sendable {
    private let contestant: Contestant

    init(_ contestant: Contestant) {
        self.contestant = contestant
    }

    /// How long calls take, a number of which are under way at a time.
    func throughput(_ concurrency: Int, _ calls: Int) async -> (wall: Int64, processor: Int64) {
        let wall = Moment.monotonic
        let processor = Moment.processor
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<concurrency {
                group.addTask {
                    for _ in 0..<(calls / concurrency + (number < calls % concurrency ? 1 : 0)) { _ = await call() }
                }
            }
        }
        return (Moment.monotonic - wall, Moment.processor - processor)
    }

    /// The median time to the first byte of a body, and to its end, of calls one after the other.
    ///
    /// The calls are those of a server's task, whose threads are the global pool's, and not those of the main actor.
    @concurrent
    func latency(_ calls: Int) async -> (first: Int64, end: Int64) {
        var firsts: [Int64] = []
        var ends: [Int64] = []
        for _ in 0..<calls {
            let start = Moment.monotonic
            firsts.append(await call() - start)
            ends.append(Moment.monotonic - start)
        }
        return (firsts.sorted()[calls / 2], ends.sorted()[calls / 2])
    }

    private func call() async -> Int64 {
        do { return try await contestant.call() } catch { stop("A call failed: \(error)") }
    }
}
