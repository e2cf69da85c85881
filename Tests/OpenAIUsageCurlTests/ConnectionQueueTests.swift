import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageCurl

/// Who may have a connection, call by call.
struct ConnectionQueueTests {
    private final class Call: Sendable {
        let number: Int
        let origin: String

        init(_ number: Int, _ origin: String) {
            self.number = number
            self.origin = origin
        }
    }

    private func calls(_ origins: String...) -> [Call] { origins.enumerated().map { Call($0.offset, $0.element) } }

    @Test
    func `Calls beyond the limit wait, and get places in their order`() {
        var queue = ConnectionQueue<Call>(limit: 2, originLimit: 2, waitingLimit: 3)
        let calls = calls("a", "a", "a", "a", "a", "a")
        #expect(calls.map { queue.enter($0, origin: "a") } == [.admitted, .admitted, .waits, .waits, .waits, .refused])
        #expect(queue.waitingCount == 3 && queue.waiting.map(\.number) == [2, 3, 4] && queue.admitNext() == nil)
        queue.release(origin: "a")
        #expect(queue.admitNext()?.number == 2 && queue.admitNext() == nil)
        #expect(queue.remove(calls[3]) && !queue.remove(calls[3]) && !queue.remove(calls[2]))
        queue.release(origin: "a")
        queue.release(origin: "a")
        #expect(queue.admitNext()?.number == 4 && queue.admitNext() == nil && queue.waitingCount == 0)
    }

    @Test
    func `A host without a place holds up no other`() {
        var queue = ConnectionQueue<Call>(limit: 3, originLimit: 2, waitingLimit: 9)
        let calls = calls("a", "a", "a", "b", "b", "a")
        #expect(
            calls.map { queue.enter($0, origin: $0.origin) } == [
                .admitted, .admitted, .waits, .admitted, .waits, .waits,
            ]
        )
        queue.release(origin: "b")
        #expect(queue.admitNext()?.number == 4)
        queue.release(origin: "a")
        #expect(queue.admitNext()?.number == 2)
        queue.release(origin: "b")
        // The host of the one that waits has no place.
        #expect(queue.admitNext() == nil)
        queue.release(origin: "a")
        #expect(queue.admitNext()?.number == 5)
    }

    @Test
    func `Whoever comes while others wait for the same host waits behind them`() {
        var queue = ConnectionQueue<Call>(limit: 1, originLimit: 1, waitingLimit: 9)
        let calls = calls("a", "a", "a")
        #expect(queue.enter(calls[0], origin: "a") == .admitted && queue.enter(calls[1], origin: "a") == .waits)
        queue.release(origin: "a")
        #expect(queue.enter(calls[2], origin: "a") == .waits && queue.admitNext()?.number == 1)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func `Any order of events is that of a plain list`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (limit, originLimit, waitingLimit) = (6, 3, 200)
        var queue = ConnectionQueue<Call>(limit: limit, originLimit: originLimit, waitingLimit: waitingLimit)
        var active: [Call] = []
        var waiting: [Call] = []
        func has(_ origin: String) -> Bool {
            active.count < limit && active.filter { $0.origin == origin }.count < originLimit
        }
        for number in 0..<20_000 {
            // Phases in which more come, and in which more go.
            let isRush = number / 1_000 % 2 == 0
            switch Int.random(in: 0..<(isRush ? 4 : 10), using: &random) {
            case 0, 1, 2:
                let call = Call(number, ["a", "b", "c", "d"][Int.random(in: 0..<4, using: &random)])
                let isFree = has(call.origin) && !waiting.contains { $0.origin == call.origin }
                let expected: ConnectionQueue<Call>.Admission =
                    isFree ? .admitted : waiting.count < waitingLimit ? .waits : .refused
                #expect(queue.enter(call, origin: call.origin) == expected)
                if expected == .admitted { active.append(call) }
                if expected == .waits { waiting.append(call) }
            case 3, 4, 5:
                guard !active.isEmpty else { continue }
                queue.release(origin: active.remove(at: Int.random(in: 0..<active.count, using: &random)).origin)
            default:
                guard !waiting.isEmpty else { continue }
                let call = waiting.remove(at: Int.random(in: 0..<waiting.count, using: &random))
                let isRemoved = queue.remove(call)
                #expect(isRemoved)
            }
            while let index = waiting.firstIndex(where: { has($0.origin) }) {
                let call = waiting.remove(at: index)
                active.append(call)
                #expect(queue.admitNext() === call)
            }
            #expect(queue.admitNext() == nil && queue.waitingCount == waiting.count)
        }
        #expect(queue.waiting.map(\.number) == waiting.map(\.number))
    }
}
