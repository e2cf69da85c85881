import UnixSignals

/// What a program that serves does at each signal.
struct SignalReaction {
    /// What is to be done.
    enum Action: Equatable {
        /// Read the prices again.
        case reload
        /// End when the open calls have ended.
        case shutDown
        /// End now, with a status.
        case end(status: Int32)
        /// Nothing.
        case nothing
    }

    /// The signals that are reacted to.
    static let signals: [UnixSignal] = [.sighup, .sigterm, .sigint]

    private var isShuttingDown = false

    /// Decides about a signal.
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
