package import OpenAIUsage
import Synchronization

/// A sink that keeps what it is given.
package final class CollectingSink: UsageSink {
    private let state = Mutex((finished: [CallRecord](), open: [CallRecord]()))

    package init() {}

    package var records: [CallRecord] { state.withLock { $0.finished } }
    package var openRecords: [CallRecord] { state.withLock { $0.open } }

    package func record(_ record: CallRecord) { state.withLock { $0.finished.append(record) } }
    package func recordOpen(_ record: CallRecord) { state.withLock { $0.open.append(record) } }
}
