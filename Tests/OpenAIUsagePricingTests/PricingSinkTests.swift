import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsagePricing

struct PricingSinkTests {
    private final class Collector: UsageSink {
        private let records = Mutex<[CallRecord]>([])
        private let open = Mutex<[CallRecord]>([])

        var finishedRecords: [CallRecord] { records.withLock { $0 } }
        var openRecords: [CallRecord] { open.withLock { $0 } }

        func record(_ record: CallRecord) { records.withLock { $0.append(record) } }
        func recordOpen(_ record: CallRecord) { open.withLock { $0.append(record) } }
    }

    @Test func everyRecordIsPricedAndHandedOn() {
        let collector = Collector()
        let sink = PricingSink(next: collector)
        let call = TestCall(usage: [.inputTokens: 1000, .outputTokens: 0])
        sink.record(call.record)
        var expected = call.record
        expected.cost = CallCost(picoUSD: 2_000_000_000, status: .exact, priceVersion: "2026-11-23")
        #expect(collector.finishedRecords == [expected])
        #expect(collector.openRecords.isEmpty)
    }

    @Test func anOpenRecordIsHandedOnWithoutACost() {
        let collector = Collector()
        var record = TestCall(outcome: .open).record
        record.cost = CallCost(picoUSD: 5, status: .exact)
        PricingSink(book: .bundled, next: collector).recordOpen(record)
        record.cost = CallCost()
        #expect(collector.openRecords == [record])
        #expect(collector.finishedRecords.isEmpty)
    }
}
