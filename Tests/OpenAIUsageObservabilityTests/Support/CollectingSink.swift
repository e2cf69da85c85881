import OpenAIUsage
import Synchronization

/// A sink that keeps what it is given.
final class CollectingSink: UsageSink {
    private let state = Mutex<[CallRecord]>([])

    var records: [CallRecord] { state.withLock { $0 } }

    func record(_ record: CallRecord) { state.withLock { $0.append(record) } }
}
