/// The 20 minutes for which a container is paid, from a use of it on.
package struct ContainerWindow: Sendable, Equatable {
    /// The length of a window, in microseconds.
    package static let length: Int64 = 20 * 60 * 1_000_000

    /// The hash of the container's identity.
    package var hash: Int64
    /// The start of the window, in microseconds since 1970-01-01T00:00:00Z.
    package var startedAt: Int64

    /// Creates a window.
    package init(hash: Int64, startedAt: Int64) {
        self.hash = hash
        self.startedAt = startedAt
    }

    /// Creates the window of a container that is used.
    init(_ identity: ObjectIdentity, startedAt: Int64) {
        self.init(hash: Int64(bitPattern: identity.hash), startedAt: startedAt)
    }
}
