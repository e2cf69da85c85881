/// The upstreams and models that have rejected the usage option, each for a while.
///
/// The number of entries is bounded: the entry that expires first is evicted.
package struct RejectedAdditions: Sendable {
    /// An upstream and a model.
    package struct Key: Hashable, Sendable {
        private let upstream: String
        private let model: String

        /// Creates a key.
        ///
        /// - Parameters:
        ///   - upstream: The host and the port.
        ///   - model: The model of the request, or the deployment of its path; `nil` for none.
        package init(upstream: String, model: String?) {
            self.upstream = upstream
            self.model = String((model ?? "").prefix(128))
        }
    }

    /// The lifetime of an entry, in nanoseconds: 10 minutes.
    package static let lifetime: Int64 = 600_000_000_000
    /// The most entries.
    package static let capacity = 256

    private var forgottenAt: [Key: Int64] = [:]

    /// Creates an empty set of entries.
    package init() {}

    /// The number of entries.
    package var count: Int { forgottenAt.count }

    /// True if the upstream has rejected the option lately.
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

    /// Adds an entry, or renews the lifetime of an existing one.
    ///
    /// - Parameters:
    ///   - key: The upstream and the model.
    ///   - now: Monotonic nanoseconds.
    /// - Returns: True if there was no such entry.
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
