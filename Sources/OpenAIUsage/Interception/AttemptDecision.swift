import Synchronization

/// Withholds the record of a request until it is known to be an attempt.
///
/// A request that was rejected because of an interceptor's addition is not an attempt of the caller: the request is
/// sent again as the caller wrote it, and that one has the record. Without a decision the record is kept.
package final class AttemptDecision: Sendable {
    private enum State: Sendable {
        case open
        case waiting(CallRecord, any UsageSink)
        case kept
        case withdrawn
    }

    private let state = Mutex(State.open)

    package init() {}

    /// True until the decision is made.
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

    /// Decides that the request was an attempt, and delivers its record.
    package func keep() {
        decide(.kept)
    }

    /// Decides that the request was no attempt; its record is dropped.
    package func withdraw() {
        decide(.withdrawn)
    }

    /// Delivers a record to a sink once it is decided that the request was an attempt.
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
