import UnixSignals

/// The reaction of a server command to signals.
struct SignalReaction {
    /// The action for a signal.
    enum Action: Equatable {
        /// Reload files, such as prices and certificates.
        case reload
        /// Shut down gracefully, waiting for calls in flight.
        case shutDown
        /// Exit immediately, with a status.
        case end(status: Int32)
        /// Ignore the signal.
        case nothing
    }

    /// The handled signals.
    static let signals: [UnixSignal] = [.sighup, .sigterm, .sigint]

    private var isShuttingDown = false

    /// Returns the action for a signal.
    mutating func receive(_ signal: UnixSignal) -> Action {
        switch signal {
        case .sighup: return isShuttingDown ? .nothing : .reload
        case .sigterm, .sigint:
            if isShuttingDown { return .end(status: signal == .sigint ? 130 : 143) }
            isShuttingDown = true
            return .shutDown
        default: return .nothing
        }
    }
}
