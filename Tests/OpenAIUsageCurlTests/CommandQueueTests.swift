import CCurl
import Foundation
import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsageCurl

/// Whose turn it is, and who is woken.
@Suite(.timeLimit(.minutes(1)))
struct CommandQueueTests {
    private let multi: MultiHandle
    private let commandQueue: CommandQueue

    init() throws {
        try CurlLibrary.load()
        multi = try MultiHandle(CurlSettings(CurlTransportConfiguration()))
        commandQueue = CommandQueue(multi)
    }

    private func transfer() throws -> CurlTransfer {
        CurlTransfer(
            handle: try #require(EasyHandle()),
            origin: nil,
            state: CurlTransferState(upload: UploadBuffer([]), bufferLength: 4, at: 0),
            commandQueue: commandQueue
        )
    }

    @Test
    func `A caller takes the turn that is nobody's, and gives it to the thread`() throws {
        let (first, second) = (try transfer(), try transfer())
        #expect(commandQueue.rest(hasTransfers: false) == .driverRole)
        #expect(commandQueue.post(first, takesDriverRole: true) == .driverRole)
        #expect(commandQueue.post(second, takesDriverRole: true) == .isTaken)
        let taken = commandQueue.take()
        #expect(taken.transfers.map { ObjectIdentifier($0) } == [ObjectIdentifier(first), ObjectIdentifier(second)])
        commandQueue.passDriverRole(hasTransfers: true)
        commandQueue.awaitDriverRole()
        #expect(commandQueue.rest(hasTransfers: true) == .network)
    }

    @Test
    func `A turn in which all has ended is nobody's again`() throws {
        #expect(commandQueue.rest(hasTransfers: false) == .driverRole)
        for _ in 0..<3 {
            #expect(commandQueue.post(try transfer(), takesDriverRole: true) == .driverRole)
            #expect(commandQueue.take().transfers.count == 1)
            commandQueue.passDriverRole(hasTransfers: false)
        }
        commandQueue.stop()
        commandQueue.awaitDriverRole()
    }

    @Test
    func `What comes in a caller's turn is left to the thread`() throws {
        #expect(commandQueue.rest(hasTransfers: false) == .driverRole)
        #expect(commandQueue.post(try transfer(), takesDriverRole: true) == .driverRole)
        _ = commandQueue.take()
        #expect(commandQueue.post(try transfer(), takesDriverRole: true) == .isTaken)
        commandQueue.passDriverRole(hasTransfers: false)
        commandQueue.awaitDriverRole()
        #expect(commandQueue.take().transfers.count == 1)
    }

    @Test
    func `Actions of a transfer wake the thread and take no turn`() throws {
        #expect(commandQueue.rest(hasTransfers: false) == .driverRole)
        #expect(commandQueue.post(try transfer(), takesDriverRole: false) == .isTaken)
        commandQueue.awaitDriverRole()
        #expect(commandQueue.take().transfers.count == 1)
    }

    @Test
    func `A call wakes the thread that waits for the network`() throws {
        #expect(commandQueue.rest(hasTransfers: true) == .network)
        #expect(commandQueue.post(try transfer(), takesDriverRole: true) == .isTaken)
        var count: Int32 = 0
        #expect(curl_multi_poll(multi.pointer, nil, 0, 60_000, &count) == CURLM_OK)
        #expect(commandQueue.rest(hasTransfers: true) == .work)
        #expect(commandQueue.take().transfers.count == 1 && commandQueue.rest(hasTransfers: true) == .network)
    }

    @Test
    func `The word to stop is heard wherever the thread is`() throws {
        #expect(commandQueue.rest(hasTransfers: false) == .driverRole)
        #expect(commandQueue.post(try transfer(), takesDriverRole: true) == .driverRole)
        commandQueue.stop()
        #expect(commandQueue.post(try transfer(), takesDriverRole: true) == .refused)
        commandQueue.passDriverRole(hasTransfers: false)
        commandQueue.awaitDriverRole()
        #expect(commandQueue.take().isStopping && commandQueue.rest(hasTransfers: false) == .work)
    }

    /// What only who has the turn touches.
    ///
    /// SAFETY: that is what the test is about; a thread sanitizer sees it too.
    private final class Work: @unchecked Sendable {
        private let isTouched = Atomic<Bool>(false)
        private let commandQueue: CommandQueue
        private var open = 0
        private(set) var ended = 0
        private(set) var collisions = 0

        init(_ commandQueue: CommandQueue) { self.commandQueue = commandQueue }

        /// Takes what has come and, on the thread, ends it.
        func work(endsAll: Bool) -> (hasOpen: Bool, isStopping: Bool) {
            if isTouched.exchange(true, ordering: .relaxed) { collisions += 1 }
            defer { isTouched.store(false, ordering: .relaxed) }
            let (transfers, isStopping) = commandQueue.take()
            open += transfers.count
            if endsAll {
                ended += open
                open = 0
            }
            return (open > 0, isStopping)
        }
    }

    @Test
    func `Of many callers and the thread one has the turn, and nothing is left lying`() throws {
        let work = Work(commandQueue)
        let transfer = try transfer()
        let callers = 3
        let calls = 20_000
        let hasEnded = DispatchSemaphore(value: 0)
        let thread = Thread { [commandQueue, multi] in
            defer { hasEnded.signal() }
            while true {
                let (hasOpen, isStopping) = work.work(endsAll: true)
                if isStopping { return }
                switch commandQueue.rest(hasTransfers: hasOpen) {
                case .work: break
                case .network: curl_multi_poll(multi.pointer, nil, 0, 1, nil)
                case .driverRole: commandQueue.awaitDriverRole()
                }
            }
        }
        thread.start()
        DispatchQueue.concurrentPerform(iterations: callers) { caller in
            for call in 0..<calls {
                guard commandQueue.post(transfer, takesDriverRole: true) == .driverRole else { continue }
                let (hasOpen, _) = work.work(endsAll: (call + caller).isMultiple(of: 3))
                commandQueue.passDriverRole(hasTransfers: hasOpen)
            }
        }
        commandQueue.stop()
        hasEnded.wait()
        #expect(work.collisions == 0 && work.ended == callers * calls)
    }
}
