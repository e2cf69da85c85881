import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// The words that the ledger and the reports are written in, and the sinks.
struct RecordTests {
    @Test
    func `The words of outcomes, states and statuses do not change`() {
        #expect(
            Outcome.allCases.map(\.rawValue) == [
                "completed", "error", "cut", "client_disconnected", "timeout", "unreachable", "abandoned", "open",
                "interrupted",
            ]
        )
        #expect(
            UsageState.allCases.map(\.rawValue) == [
                "reported", "reported_unterminated", "settled", "null", "missing", "cut", "error", "unparsable",
                "not_applicable", "units_from_request", "units_from_body",
            ]
        )
        #expect(CostStatus.allCases.map(\.rawValue) == ["exact", "partial", "unpriced", "provider", "free", "none"])
        #expect(CallSource.allCases.map(\.rawValue) == ["gateway", "library"])
    }

    @Test
    func `A new record knows nothing`() {
        let id = CallID(rawValue: 5)
        let record = CallRecord(
            id: id,
            startedAt: 7,
            source: .gateway,
            method: "POST",
            host: "h",
            path: "/v1/chat/completions"
        )
        #expect(record.operationID == id.description && record.endpoint.name == "chat.completions")
        #expect(record.outcome == .open && record.usageState == .missing && record.project == "default")
        #expect(record.usage.isEmpty && record.tags.isEmpty && record.units.isEmpty && record.toolCalls.isEmpty)
        #expect(record.cost == CallCost() && record.cost.picoUSD == nil && record.cost.status == .none)
        #expect(record.timing == CallTiming() && record.status == nil && record.rateLimits == nil)
    }

    @Test
    func `A multiplexer hands every record to every sink, in order`() {
        let first = RecordingSink()
        let second = RecordingSink()
        let sink = MultiplexSink(first, MultiplexSink(second), MultiplexSink())
        let call = ObservedCall()
        let exchange = call.exchange(sink: sink)
        exchange.recordOpen()
        call.feed(exchange)
        exchange.finish(.completed)
        #expect(first.records.count == 1 && first.openRecords.count == 1)
        #expect(first.records == second.records && first.openRecords == second.openRecords)
    }

    @Test
    func `A sink need not care about open calls`() {
        struct Silent: UsageSink {
            let inner: RecordingSink
            func record(_ record: CallRecord) { inner.record(record) }
        }
        let inner = RecordingSink()
        let exchange = ObservedCall().exchange(sink: Silent(inner: inner))
        exchange.recordOpen()
        exchange.finish(.cut)
        #expect(inner.records.count == 1 && inner.openRecords.isEmpty)
    }
}
