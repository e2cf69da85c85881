import CCurl
import Foundation
import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsageCurl

/// Whose turn it is, and who is woken.
@Suite(.timeLimit(.minutes(1)))
struct MailboxTests {
    private let multi: MultiHandle
    private let mailbox: CommandQueue

    init() throws {
        try CurlLibrary.load()
        multi = try MultiHandle(CurlSettings(CurlTransportConfiguration()))
        mailbox = CommandQueue(multi)
    }

    private func transfer() throws -> CurlTransfer {
        CurlTransfer(
            handle: try #require(EasyHandle()),
            origin: nil,
            state: CurlTransferState(upload: UploadBuffer([]), bufferLength: 4, at: 0),
            mailbox: mailbox
        )
    }

    @Test
    func `A caller takes the turn that is nobody's, and gives it to the thread`() throws {
        let (first, second) = (try transfer(), try transfer())
        #expect(mailbox.rest(hasTransfers: false) == .turn)
        #expect(mailbox.post(first, takesTurn: true) == .turn)
        #expect(mailbox.post(second, takesTurn: true) == .isTaken)
        let taken = mailbox.take()
        #expect(taken.transfers.map { ObjectIdentifier($0) } == [ObjectIdentifier(first), ObjectIdentifier(second)])
        mailbox.passTurn(hasTransfers: true)
        mailbox.awaitTurn()
        #expect(mailbox.rest(hasTransfers: true) == .network)
    }

    @Test
    func `A turn in which all has ended is nobody's again`() throws {
        #expect(mailbox.rest(hasTransfers: false) == .turn)
        for _ in 0..<3 {
            #expect(mailbox.post(try transfer(), takesTurn: true) == .turn)
            #expect(mailbox.take().transfers.count == 1)
            mailbox.passTurn(hasTransfers: false)
        }
        mailbox.stop()
        mailbox.awaitTurn()
    }

    @Test
    func `What comes in a caller's turn is left to the thread`() throws {
        #expect(mailbox.rest(hasTransfers: false) == .turn)
        #expect(mailbox.post(try transfer(), takesTurn: true) == .turn)
        _ = mailbox.take()
        #expect(mailbox.post(try transfer(), takesTurn: true) == .isTaken)
        mailbox.passTurn(hasTransfers: false)
        mailbox.awaitTurn()
        #expect(mailbox.take().transfers.count == 1)
    }

    @Test
    func `Orders of a transfer wake the thread and take no turn`() throws {
        #expect(mailbox.rest(hasTransfers: false) == .turn)
        #expect(mailbox.post(try transfer(), takesTurn: false) == .isTaken)
        mailbox.awaitTurn()
        #expect(mailbox.take().transfers.count == 1)
    }

    @Test
    func `A call wakes the thread that waits for the network`() throws {
        #expect(mailbox.rest(hasTransfers: true) == .network)
        #expect(mailbox.post(try transfer(), takesTurn: true) == .isTaken)
        var count: Int32 = 0
        #expect(curl_multi_poll(multi.pointer, nil, 0, 60_000, &count) == CURLM_OK)
        #expect(mailbox.rest(hasTransfers: true) == .work)
        #expect(mailbox.take().transfers.count == 1 && mailbox.rest(hasTransfers: true) == .network)
    }

    @Test
    func `The word to stop is heard wherever the thread is`() throws {
        #expect(mailbox.rest(hasTransfers: false) == .turn)
        #expect(mailbox.post(try transfer(), takesTurn: true) == .turn)
        mailbox.stop()
        #expect(mailbox.post(try transfer(), takesTurn: true) == .refused)
        mailbox.passTurn(hasTransfers: false)
        mailbox.awaitTurn()
        #expect(mailbox.take().isStopping && mailbox.rest(hasTransfers: false) == .work)
    }

    /// What only who has the turn touches.
    ///
    /// SAFETY: that is what the test is about; a thread sanitizer sees it too.
    private final class Work: @unchecked Sendable {
        private let isTouched = Atomic<Bool>(false)
        private let mailbox: CommandQueue
        private var open = 0
        private(set) var ended = 0
        private(set) var collisions = 0

        init(_ mailbox: CommandQueue) { self.mailbox = mailbox }

        /// Takes what has come and, on the thread, ends it.
        func work(endsAll: Bool) -> (hasOpen: Bool, isStopping: Bool) {
            if isTouched.exchange(true, ordering: .relaxed) { collisions += 1 }
            defer { isTouched.store(false, ordering: .relaxed) }
            let (transfers, isStopping) = mailbox.take()
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
        let work = Work(mailbox)
        let transfer = try transfer()
        let callers = 3
        let calls = 20_000
        let hasEnded = DispatchSemaphore(value: 0)
        let thread = Thread { [mailbox, multi] in
            defer { hasEnded.signal() }
            while true {
                let (hasOpen, isStopping) = work.work(endsAll: true)
                if isStopping { return }
                switch mailbox.rest(hasTransfers: hasOpen) {
                case .work: break
                case .network: curl_multi_poll(multi.pointer, nil, 0, 1, nil)
                case .turn: mailbox.awaitTurn()
                }
            }
        }
        thread.start()
        DispatchQueue.concurrentPerform(iterations: callers) { caller in
            for call in 0..<calls {
                guard mailbox.post(transfer, takesTurn: true) == .turn else { continue }
                let (hasOpen, _) = work.work(endsAll: (call + caller).isMultiple(of: 3))
                mailbox.passTurn(hasTransfers: hasOpen)
            }
        }
        mailbox.stop()
        hasEnded.wait()
        #expect(work.collisions == 0 && work.ended == callers * calls)
    }
}
