import Foundation
import HTTPTypes
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

@testable import OpenAIUsage

/// What a meter knows of calls that are under way.
struct UsageMeterTests {
    private static let head = Request.post("/v1/chat/completions", "").head

    private let clock = ManualClock()
    private let sink = RecordingSink()

    private func meter() -> UsageMeter {
        UsageMeter(sink: sink, configuration: ExchangeConfiguration(clock: clock))
    }

    @Test
    func `Calls are open from their beginning to their record`() {
        let meter = meter()
        var exchanges = (0..<5).map { _ in meter.exchange(for: Self.head) }
        #expect(meter.openCalls == 5)
        exchanges[0].finish(.completed)
        #expect(meter.openCalls == 4)
        exchanges[0].finish(.completed)
        #expect(meter.openCalls == 4)
        exchanges.removeAll()
        #expect(meter.openCalls == 0 && sink.records.count == 5)
    }

    @Test
    func `An interim record is made once of each call that is old enough`() {
        let meter = meter()
        let first = meter.exchange(for: Self.head)
        clock.advance(microseconds: 200_000)
        let second = meter.exchange(for: Self.head)
        meter.recordOpenCalls(olderThan: .milliseconds(250))
        #expect(sink.openRecords.isEmpty)
        clock.advance(microseconds: 50_000)
        meter.recordOpenCalls(olderThan: .milliseconds(250))
        meter.recordOpenCalls(olderThan: .milliseconds(250))
        #expect(sink.openRecords.map(\.id) == [first.id] && sink.openRecords[0].outcome == .open)
        clock.advance(microseconds: 200_000)
        first.finish(.completed)
        meter.recordOpenCalls(olderThan: .milliseconds(250))
        #expect(sink.openRecords.map(\.id) == [first.id, second.id])
        second.finish(.timeout)
        clock.advance(microseconds: 1_000_000)
        meter.recordOpenCalls(olderThan: .zero)
        #expect(sink.openRecords.count == 2 && sink.records.count == 2)
    }

    @Test(arguments: [nil, 200, 500])
    func `The program's end interrupts what is under way, once`(_ status: Int?) {
        let meter = meter()
        let exchange = meter.exchange(for: Self.head)
        if let status { exchange.receive(head: HTTPResponse(status: .init(code: status))) }
        meter.endOpenCalls()
        meter.endOpenCalls()
        exchange.finish(.completed)
        // An error is what it is, however much of its body was read.
        #expect(sink.records.map(\.outcome) == [status == 500 ? .error : .interrupted])
        #expect(meter.openCalls == 0)
    }

    @Test
    func `An exchange is not kept alive`() {
        let meter = meter()
        weak let exchange = meter.exchange(for: Self.head)
        #expect(exchange == nil && sink.records.map(\.outcome) == [.abandoned])
    }

    /// Run under the address sanitizer: what is freed too early is nowhere else to be seen.
    @Test
    func `Calls may go away while the program's end interrupts them`() async {
        let open = OpenExchanges(changed: nil) { for _ in 0..<4 { sched_yield() } }
        let meter = UsageMeter(
            sink: sink,
            configuration: ExchangeConfiguration(clock: clock),
            open: open,
            flush: {}
        )
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<2_000 { _ = meter.exchange(for: Self.head) } }
            }
            group.addTask { while sink.records.count < 8_000 { meter.endOpenCalls() } }
            group.addTask { while sink.records.count < 8_000 { meter.recordOpenCalls(olderThan: .zero) } }
        }
        #expect(meter.openCalls == 0 && sink.records.count == 8_000)
        #expect(Set(sink.records.map(\.id)).count == 8_000)
    }

    @Test
    func `Calls of many threads come and go`() async {
        let meter = meter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<500 {
                        let exchange = meter.exchange(for: Self.head)
                        if number % 3 == 0 { meter.recordOpenCalls(olderThan: .zero) }
                        if number % 2 == 0 { exchange.finish(.completed) }
                    }
                }
            }
            group.addTask { for _ in 0..<200 { meter.endOpenCalls() } }
        }
        #expect(meter.openCalls == 0 && sink.records.count == 4_000)
        #expect(Set(sink.records.map(\.id)).count == 4_000)
    }
}
