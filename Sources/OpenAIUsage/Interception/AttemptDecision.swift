import Synchronization

/// Keeps the record of what was sent until it is known that it was an attempt.
///
/// A request that was refused because of what an interceptor has added to it is not an attempt of the caller's: the same
/// request is sent again as the caller wrote it, and that one has the record. A decision that is never made keeps it.
package final class AttemptDecision: Sendable {
    private enum State: Sendable {
        case open
        case waiting(CallRecord, any UsageSink)
        case kept
        case withdrawn
    }

    private let state = Mutex(State.open)

    package init() {}

    /// True while nothing is decided.
    var isOpen: Bool {
        state.withLock { state in
            switch state {
            case .open, .waiting: true
            case .kept, .withdrawn: false
            }
        }
    }

    deinit {
        keep()
    }

    /// Decides that it was an attempt, and hands its record on.
    package func keep() {
        decide(.kept)
    }

    /// Decides that it was none; the record is dropped.
    package func withdraw() {
        decide(.withdrawn)
    }

    /// Hands a record to a sink as soon as the decision is made.
    func deliver(_ record: CallRecord, to sink: any UsageSink) {
        let isKept = state.withLock { state in
            switch state {
            case .open:
                state = .waiting(record, sink)
                return false
            case .waiting, .withdrawn: return false
            case .kept: return true
            }
        }
        if isKept { sink.record(record) }
    }

    private func decide(_ decision: State) {
        let waiting = state.withLock { state -> (CallRecord, any UsageSink)? in
            switch state {
            case .open:
                state = decision
                return nil
            case .waiting(let record, let sink):
                state = decision
                if case .kept = decision { return (record, sink) }
                return nil
            case .kept, .withdrawn: return nil
            }
        }
        if let (record, sink) = waiting { sink.record(record) }
    }
}
