import CCurl
import OpenAIUsage
import Synchronization

/// The driver thread of a transport.
///
/// It runs from the first call until the transport is shut down, or until the transport and all its calls are released.
final class CurlDriver: Sendable {
    private enum Phase {
        case idle
        case running(CommandQueue, CurlLoop)
        case ending
        case ended
    }

    private struct State {
        var phase = Phase.idle
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The state that the driver shares with its thread, which may outlive it.
    private final class Life: Sendable {
        let state = Mutex(State())

        func end() {
            let waiters = state.withLock { state in
                state.phase = .ended
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    let settings: CurlSettings
    private let pool = EasyHandlePool()
    private let life = Life()

    init(_ settings: CurlSettings) { self.settings = settings }

    deinit { stop() }

    /// The number of calls that wait for a connection.
    var waitingCount: Int {
        life.state.withLock { if case .running(_, let loop) = $0.phase { loop.waitingCount } else { 0 } }
    }

    /// Starts a transfer, and the thread if it is not running.
    ///
    /// - Throws: `TransportError.Code.shutDown` after a shutdown, `failed` if libcurl cannot take the call.
    func start(_ request: CurlRequest) throws(TransportError) -> CurlTransfer {
        let (commandQueue, loop) = try running()
        let handle = try pool.take()
        var code = handle.prepare(request, settings)
        let upload =
            switch request.content {
            case .none, .short: UploadBuffer([])
            case .long(let bytes): UploadBuffer(bytes)
            case .stream(_, let length): UploadBuffer(length: length, limit: settings.bufferLength)
            }
        let now = SystemUsageClock().monotonicNanoseconds
        let state = CurlTransferState(upload: upload, bufferLength: settings.bufferLength, at: now)
        // libcurl itself counts calls that may share a connection.
        let isShared = settings.multiplexes && request.url.hasPrefix("https:")
        let origin = isShared ? nil : request.origin
        let transfer = CurlTransfer(handle: handle, origin: origin, state: state, commandQueue: commandQueue)
        if code == CURLE_OK {
            code = handle.connect(
                to: CurlCallbacks.context(transfer),
                header: CurlCallbacks.header,
                body: CurlCallbacks.body,
                upload: upload.isSent ? nil : CurlCallbacks.upload,
                rewind: CurlCallbacks.rewind
            )
        }
        guard code == CURLE_OK else {
            let reason = String(cString: curl_easy_strerror(code))
            throw TransportError(
                .failed,
                "libcurl refuses an option of the call: \(reason) (libcurl \(code.rawValue))."
            )
        }
        try transfer.start(loop)
        return transfer
    }

    /// Ends all transfers and the thread, and returns when the thread has ended.
    func shutDown() async {
        stop()
        await withCheckedContinuation { continuation in
            let isEnded = life.state.withLock { state in
                if case .ending = state.phase {
                    state.waiters.append(continuation)
                    return false
                }
                return true
            }
            if isEnded { continuation.resume() }
        }
    }

    private func stop() {
        let commandQueue = life.state.withLock { state -> CommandQueue? in
            switch state.phase {
            case .idle:
                state.phase = .ended
                return nil
            case .running(let commandQueue, _):
                state.phase = .ending
                return commandQueue
            case .ending, .ended: return nil
            }
        }
        commandQueue?.stop()
    }

    /// Returns the command queue and the loop, starting the thread if it is not running.
    private func running() throws(TransportError) -> (CommandQueue, CurlLoop) {
        try life.state.withLock { state throws(TransportError) in
            switch state.phase {
            case .running(let commandQueue, let loop): return (commandQueue, loop)
            case .ending, .ended:
                throw TransportError(.shutDown, "The transport is shut down.", isRequestUnsent: true)
            case .idle:
                try CurlLibrary.load()
                let multi = try MultiHandle(settings)
                let commandQueue = CommandQueue(multi)
                let loop = CurlLoop(multi: multi, commandQueue: commandQueue, settings: settings, pool: pool)
                try CurlThread.start { [life] in
                    loop.run()
                    life.end()
                }
                state.phase = .running(commandQueue, loop)
                return (commandQueue, loop)
            }
        }
    }
}
