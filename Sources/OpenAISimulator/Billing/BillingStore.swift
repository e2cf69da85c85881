import Synchronization

/// The calls that the simulated bill counts, and the keys that made them.
final class BillingStore: Sendable {
    /// A key of a project.
    struct Key: Sendable, Equatable {
        var id: String
        var project: String
        /// The first and the last characters.
        var redacted: String
    }

    private struct State {
        var calls: [BilledCall] = []
        var keys: [Key] = []
        var fetches: [String: Int] = [:]
        var failures: [String: Int] = [:]
    }

    private static let capacity = 1_000_000
    private let state = Mutex(State())

    /// Adds a call; calls beyond a million are not billed.
    func insert(_ call: BilledCall, key: Key) {
        state.withLock { state in
            guard state.calls.count < Self.capacity else { return }
            state.calls.append(call)
            if !state.keys.contains(key) { state.keys.append(key) }
        }
    }

    /// Returns the calls as the next answer of a path counts them.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - isFirstPage: True to count an answer; further pages belong to it.
    /// - Returns: The calls.
    func calls(_ path: String, isFirstPage: Bool) -> [BilledCall] {
        state.withLock { state in
            if isFirstPage { state.fetches[path, default: 0] += 1 }
            let fetch = state.fetches[path] ?? 1
            return state.calls.compactMap { $0.seen(in: fetch) }
        }
    }

    /// Returns the keys of a project.
    func keys(project: String) -> [Key] { state.withLock { $0.keys.filter { $0.project == project } } }

    /// Returns true as often as a target is to fail.
    func takesFailure(_ target: String, limit: Int) -> Bool {
        state.withLock { state in
            let count = state.failures[target] ?? 0
            guard count < limit else { return false }
            state.failures[target] = count + 1
            return true
        }
    }

    /// Returns a key's identity.
    static func key(_ text: Substring, project: String) -> Key {
        var hash = StableHash(seed: 0x6b)
        hash.combine(String(text))
        let isShort = text.count < 16
        return Key(
            id: "key_" + HexText.make([hash.value], count: 16),
            project: project,
            redacted: isShort ? "***" : "\(text.prefix(8))...\(text.suffix(4))"
        )
    }
}
