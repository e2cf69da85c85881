import NIOCore
import NIOHTTP1

/// A client's connection: turns what it sends into calls, one at a time.
final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a connection whose request is not read to its end stays, so that its client can read the response.
    private static let lingering = TimeAmount.seconds(2)

    private let loop: DataPlaneLoop
    private var context: ChannelHandlerContext?
    private var call: ProxiedCall?
    /// The answer to a request that is no call, until that has been read.
    private var answer: LoadBalancerAnswer?
    private var isReadingPaused = false
    private var isDiscarding = false

    init(loop: DataPlaneLoop) {
        self.loop = loop
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDiscarding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = LoadBalancerAnswer(to: head, isShuttingDown: loop.isShuttingDown)
            guard answer == nil else { return }
            let call = ProxiedCall(head: head, handler: self, loop: loop)
            self.call = call
            call.start()
        case .body(let body): call?.clientReceived(body: body)
        case .end(let trailers):
            if let answer { give(answer) } else { call?.clientEnded(trailers: trailers) }
        }
    }

    private func give(_ answer: LoadBalancerAnswer) {
        self.answer = nil
        write(.head(answer.head))
        if let body = answer.body { write(.body(.byteBuffer(body))) }
        write(.end(nil))
        flush()
        finished(answer.keepsAlive ? .keep : .close)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        call?.clientWritabilityChanged(isWritable: context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let call = self.call
        self.call = nil
        call?.clientClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: - For the call

    func write(_ part: HTTPServerResponsePart) {
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() { context?.flush() }

    func pauseReading() { setReading(paused: true) }
    func resumeReading() { setReading(paused: false) }

    private func setReading(paused: Bool) {
        guard paused != isReadingPaused, let context else { return }
        isReadingPaused = paused
        try? context.channel.syncOptions?.setOption(.autoRead, value: !paused)
    }

    /// Takes it that the call's response was written in full.
    func finished(_ next: RelayState.Finished) {
        call = nil
        guard let context else { return }
        if next == .keep, !loop.isShuttingDown {
            resumeReading()
            return
        }
        // Unread bytes at a close would reset the connection before the client has read its response.
        close(context, lingering: next == .keep ? .zero : Self.lingering)
    }

    /// Ends the connection so that the client sees its response is not whole.
    func cut() {
        call = nil
        if let context { close(context, lingering: .zero) }
    }

    func closeWhenIdle() {
        if call == nil, let context { close(context, lingering: .zero) }
    }

    func abort() {
        let call = self.call
        self.call = nil
        call?.abort()
        context?.close(promise: nil)
    }

    /// Closes for writing when all has left that was written, however slowly the client reads, and then for reading.
    private func close(_ context: ChannelHandlerContext, lingering: TimeAmount) {
        guard !isDiscarding else { return }
        isDiscarding = true
        resumeReading()
        let written = loop.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: written)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            guard lingering > .zero, let self else {
                self?.context?.close(promise: nil)
                return
            }
            self.loop.eventLoop.assumeIsolated().scheduleTask(in: lingering) { [weak self] in
                self?.context?.close(promise: nil)
            }
        }
    }
}
