import OpenAIUsage
import Synchronization

/// A sink that keeps what it is given.
final class CollectingSink: UsageSink {
    private let state = Mutex((finished: [CallRecord](), open: [CallRecord]()))

    var records: [CallRecord] { state.withLock { $0.finished } }
    var openRecords: [CallRecord] { state.withLock { $0.open } }

    func record(_ record: CallRecord) { state.withLock { $0.finished.append(record) } }
    func recordOpen(_ record: CallRecord) { state.withLock { $0.open.append(record) } }
}
