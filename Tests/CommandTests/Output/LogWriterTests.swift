import Dispatch
import Synchronization
import Testing

@testable import oai_usage

struct LogWriterTests {
    @Test
    func `An output that nobody reads holds nothing up, and what was dropped is told`() {
        let lines = Mutex<[String]>([])
        let (gate, began) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let writer = LogWriter(capacity: 3, describeLoss: { "\($0) lines lost" }) { line in
            if line == "first" {
                began.signal()
                gate.wait()
            }
            lines.withLock { $0.append(line) }
        }
        let losses = Atomic(0)
        writer.observeLoss { losses.add(1, ordering: .relaxed) }
        writer.write("first")
        began.wait()
        for number in 2...6 { writer.write("\(number)") }
        gate.signal()
        writer.flush()
        writer.write("last")
        writer.flush()
        let expected = ["first", "2", "3", "3 lines lost", "last"]
        #expect(lines.withLock { $0 } == expected)
        #expect(losses.load(ordering: .relaxed) == 3)
    }
}
