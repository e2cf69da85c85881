import NIOCore
import NIOHTTP1

/// The last handler in a connection's pipeline: collects requests, gets their answers, and sends these in order.
///
/// It writes HTTP itself, without an encoder, because it must also be able to send too little, too slowly and in odd
/// pieces.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Incoming {
        var request: ReceivedRequest
        /// True if it was answered already, so that the rest of its body is ignored.
        var isAnswered = false
        /// True if the client waits for `100 Continue` before it sends the body.
        var expectsContinue = false
    }

    private struct Complete {
        var request: ReceivedRequest
        /// The reason why it cannot be answered as it asks; `nil` if it can.
        var problem: APIError?
    }

    /// The number of waiting pipelined requests at which reading pauses.
    private static let waitingLimit = 64
    /// The number of bytes sent before other connections get their turn.
    private static let turnBytes = 1 << 20

    private let responder: Responder
    private let journal: Journal
    private let maximumRequestBytes: Int
    private var encoder: HeadEncoder
    private var context: ChannelHandlerContext?
    private var incoming: Incoming?
    private var waiting = CircularBuffer<Complete>()
    private var outgoing: Outgoing?
    private var isClosing = false
    private var isAnswering = false
    private var isPumping = false
    private var needsFlush = false
    private var owesRead = false
    /// The memory of the last head, reused once the head has been sent.
    private var headBuffer = ByteBuffer()

    /// Creates a handler for one connection.
    init(responder: Responder, journal: Journal) {
        self.responder = responder
        self.journal = journal
        maximumRequestBytes = responder.configuration.maximumRequestBytes
        encoder = HeadEncoder(now: responder.configuration.secondsSinceEpoch)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: - Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            receive(head, context: context)
        case .body(let bytes):
            receive(bytes)
        case .end:
            guard let ended = incoming else { return }
            incoming = nil
            if !ended.isAnswered { enqueue(Complete(request: ended.request)) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfNeeded()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if waiting.count >= ConnectionHandler.waitingLimit || !context.channel.isWritable {
            owesRead = true
        } else {
            context.read()
        }
    }

    private func readIfOwed() {
        guard owesRead, let context, waiting.count < ConnectionHandler.waitingLimit, context.channel.isWritable else {
            return
        }
        owesRead = false
        context.read()
    }

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        var received = Incoming(request: ReceivedRequest(head: head))
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if length > maximumRequestBytes {
            received.isAnswered = true
            incoming = received
            enqueue(Complete(request: received.request, problem: tooLarge))
            return
        }
        if Responder.answersEarly(received.request) {
            received.isAnswered = true
            incoming = received
            enqueue(Complete(request: received.request))
            return
        }
        if length > 0 { received.request.body.reserveCapacity(length) }
        received.expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
        incoming = received
        sendContinueIfDue()
    }

    private func receive(_ bytes: ByteBuffer) {
        guard let request = incoming?.request, incoming?.isAnswered == false else { return }
        guard request.body.count + bytes.readableBytes <= maximumRequestBytes else {
            incoming?.isAnswered = true
            enqueue(Complete(request: request, problem: tooLarge))
            return
        }
        incoming?.request.body.append(contentsOf: bytes.readableBytesView)
    }

    private var tooLarge: APIError {
        .invalidRequest("The body of the request is larger than \(maximumRequestBytes) bytes.", status: 413)
    }

    /// Sends `100 Continue`, once the earlier answers have been sent.
    private func sendContinueIfDue() {
        guard let context, incoming?.expectsContinue == true, outgoing == nil, waiting.isEmpty, !isClosing else {
            return
        }
        incoming?.expectsContinue = false
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    // MARK: - Answering

    private func enqueue(_ request: Complete) {
        waiting.append(request)
        answerNext()
    }

    private func answerNext() {
        guard !isAnswering else { return }
        isAnswering = true
        defer { isAnswering = false }
        while outgoing == nil, !isClosing, let next = waiting.popFirst() {
            answer(next)
        }
        sendContinueIfDue()
        readIfOwed()
    }

    private func answer(_ complete: Complete) {
        let reply =
            if let problem = complete.problem {
                responder.reply(toUnreadable: complete.request, because: problem)
            } else {
                responder.reply(to: complete.request)
            }
        let outgoing = Outgoing(reply, to: complete.request)
        guard reply.delivery.isPlain, outgoing.isKeptAlive, case .bytes(let body) = reply.body else {
            start(outgoing)
            return
        }
        sendAtOnce(outgoing, body: body)
    }

    /// Sends a small answer in one step.
    ///
    /// This is the fast path, for benchmarks.
    private func sendAtOnce(_ outgoing: Outgoing, body: ByteBuffer) {
        guard let context else { return }
        var outgoing = outgoing
        outgoing.isHeadSent = true
        let isBodySent = outgoing.request.head.method != .HEAD
        journal.record(outgoing.exchange(sentBodyBytes: isBodySent ? body.readableBytes : 0))
        context.write(wrapOutboundOut(encodedHead(of: outgoing)), promise: nil)
        if isBodySent { context.write(wrapOutboundOut(body), promise: nil) }
        needsFlush = true
    }

    private func encodedHead(of outgoing: Outgoing) -> ByteBuffer {
        headBuffer.clear(minimumCapacity: 2048)
        encoder.encode(
            outgoing.reply.head,
            framing: outgoing.framing,
            connection: outgoing.connectionHeader,
            to: &headBuffer
        )
        return headBuffer
    }

    private func start(_ new: Outgoing) {
        outgoing = new
        let delivery = new.reply.delivery
        if delivery.hangs { return }
        if delivery.delayMilliseconds > 0 {
            schedule(milliseconds: delivery.delayMilliseconds) { $0.sendHead() }
        } else {
            sendHead()
        }
    }

    private func schedule(milliseconds: Int, _ work: @escaping (ConnectionHandler) -> Void) {
        guard let context else { return }
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            self.outgoing?.timer = nil
            work(self)
            self.flushIfNeeded()
        }
        outgoing?.timer = timer
    }

    private func sendHead() {
        guard let context, let current = outgoing else { return }
        outgoing?.isHeadSent = true
        var head = encodedHead(of: current)
        if let split = current.reply.delivery.split {
            while let slice = head.readSlice(length: min(split, head.readableBytes)), slice.readableBytes > 0 {
                context.writeAndFlush(wrapOutboundOut(slice), promise: nil)
            }
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
            needsFlush = true
        }
        pump()
    }

    // MARK: - Sending

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if outgoing?.isHeadSent == true, outgoing?.timer == nil {
                pump()
                flushIfNeeded()
            }
            readIfOwed()
        }
        context.fireChannelWritabilityChanged()
    }

    /// Sends until the answer ends or pauses, the connection accepts no more, or other connections must get their turn.
    private func pump() {
        guard let context, !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        var budget = ConnectionHandler.turnBytes
        while let step = outgoing?.cursor.next() {
            switch step {
            case .send(let bytes, let isLast):
                if isLast {
                    isPumping = false
                    finish(sending: bytes)
                    return
                }
                budget -= bytes.readableBytes + 256
                context.write(wrapOutboundOut(bytes), promise: nil)
                needsFlush = true
                if outgoing?.reply.delivery.split != nil { flushIfNeeded() }
            case .pause:
                flushIfNeeded()
                let milliseconds = outgoing?.reply.delivery.chunkDelayMilliseconds ?? 0
                schedule(milliseconds: milliseconds) { $0.pump() }
                return
            case .end:
                isPumping = false
                finish(sending: nil)
                return
            case .cut:
                cut()
                return
            }
            if !context.channel.isWritable {
                flushIfNeeded()
                guard context.channel.isWritable else { return }
            }
            if budget < 0 {
                flushIfNeeded()
                schedule(milliseconds: 0) { $0.pump() }
                return
            }
        }
    }

    /// Sends the last bytes.
    ///
    /// The exchange is recorded first, so that a client that has read the answer finds it in the journal.
    private func finish(sending bytes: ByteBuffer?) {
        guard let context, let finished = outgoing else { return }
        outgoing = nil
        journal.record(finished.exchange(sentBodyBytes: finished.cursor.sentBytes))
        let promise = context.eventLoop.makePromise(of: Void.self)
        let journal = journal
        let number = finished.reply.number
        promise.futureResult.whenFailure { _ in journal.markClosedEarly(number: number) }
        context.writeAndFlush(wrapOutboundOut(bytes ?? ByteBuffer()), promise: promise)
        needsFlush = false
        if !finished.isKeptAlive {
            // Unread bytes of a request would make the kernel reset the connection, unless that is wanted.
            close(after: promise.futureResult, isGentle: incoming != nil && !finished.reply.delivery.closesHard)
        } else if !isClosing {
            answerNext()
        }
    }

    private func cut() {
        guard let context, let current = outgoing else { return }
        outgoing = nil
        journal.record(current.exchange(wasCut: true, sentBodyBytes: current.cursor.sentBytes))
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
        needsFlush = false
        close(after: promise.futureResult, isGentle: false)
    }

    private func close(after sent: EventLoopFuture<Void>, isGentle: Bool) {
        isClosing = true
        guard let context else { return }
        let channel = context.channel
        sent.whenComplete { _ in channel.close(mode: isGentle ? .output : .all, promise: nil) }
    }

    private func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    // MARK: - Endings

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        if let current = outgoing {
            outgoing = nil
            current.timer?.cancel()
            journal.record(current.exchange(clientClosedEarly: true, sentBodyBytes: current.cursor.sentBytes))
        }
        while let next = waiting.popFirst() { journal.record(SimulatedExchange(unanswered: next.request)) }
        if let received = incoming, !received.isAnswered {
            journal.record(SimulatedExchange(unanswered: received.request))
        }
        incoming = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An end in the middle of a request is followed by `channelInactive`, which records it.
        if let error = error as? HTTPParserError, error != .invalidEOFState, outgoing == nil, !isClosing {
            let problem = APIError.invalidRequest("The request is not valid HTTP: \(error).")
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "*")
            incoming = nil
            enqueue(Complete(request: ReceivedRequest(head: head), problem: problem))
            flushIfNeeded()
        } else {
            isClosing = true
            context.close(promise: nil)
        }
    }
}

extension SimulatedExchange {
    /// Creates the exchange of a request whose client disconnected before the answer.
    fileprivate init(unanswered request: ReceivedRequest) {
        self.init(
            number: nil,
            method: request.head.method.rawValue,
            path: request.head.uri,
            headers: request.head.headers,
            body: request.body,
            sentBodyBytes: 0,
            clientClosedEarly: true,
            wasCut: false
        )
    }
}
