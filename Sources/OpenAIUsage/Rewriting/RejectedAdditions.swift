/// The upstreams and models that have refused to be asked for usage, each for a while.
///
/// The number of entries is bounded: the one that is forgotten first makes room.
package struct RejectedAdditions: Sendable {
    /// The upstream and model that have refused.
    package struct Key: Hashable, Sendable {
        private let upstream: String
        private let model: String

        /// Creates a key.
        ///
        /// - Parameters:
        ///   - upstream: The host and the port.
        ///   - model: The model that the request names, or the deployment of its path; `nil` for none.
        package init(upstream: String, model: String?) {
            self.upstream = upstream
            self.model = String((model ?? "").prefix(128))
        }
    }

    /// How long a refusal is remembered, in nanoseconds: 10 minutes.
    package static let lifetime: Int64 = 600_000_000_000
    /// The most refusals that are remembered.
    package static let capacity = 256

    private var forgottenAt: [Key: Int64] = [:]

    /// Creates a memory without entries.
    package init() {}

    /// The number of entries.
    package var count: Int { forgottenAt.count }

    /// True if the upstream has refused lately.
    ///
    /// - Parameters:
    ///   - key: The upstream and the model.
    ///   - now: Monotonic nanoseconds.
    /// - Returns: False once ``lifetime`` has passed.
    package mutating func contains(_ key: Key, at now: Int64) -> Bool {
        guard let end = forgottenAt[key] else { return false }
        if end > now { return true }
        forgottenAt[key] = nil
        return false
    }

    /// Remembers a refusal.
    ///
    /// - Parameters:
    ///   - key: The upstream and the model.
    ///   - now: Monotonic nanoseconds.
    /// - Returns: True if it was not remembered already.
    @discardableResult
    package mutating func remember(_ key: Key, at now: Int64) -> Bool {
        let isNew = !contains(key, at: now)
        if isNew, forgottenAt.count >= Self.capacity, let oldest = forgottenAt.min(by: { $0.value < $1.value }) {
            forgottenAt[oldest.key] = nil
        }
        forgottenAt[key] = now + Self.lifetime
        return isNew
    }
}
