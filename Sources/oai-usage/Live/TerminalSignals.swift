import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The signals of a full-screen view, as bytes of a pipe that `poll` waits for.
struct TerminalSignals {
    /// The signals that end the program.
    static let ending: Set<Int32> = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    private static let handled = ending.union([SIGTSTP, SIGCONT, SIGWINCH])

    private static let pipeInput = Atomic<Int32>(-1)
    private static let endingSignal = Atomic<Int32>(0)

    /// True if a signal has arrived that ends the program.
    static var hasEnded: Bool { endingSignal.load(ordering: .relaxed) != 0 }

    /// The end of the pipe with the numbers of signals, one byte each.
    let descriptor: Int32

    /// Creates the pipe and handles the signals from now on; `nil` if there is no descriptor left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // A handler must never block.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        Self.endingSignal.store(0, ordering: .relaxed)
        Self.pipeInput.store(ends[1], ordering: .releasing)
        for number in Self.handled { Self.handle(number) }
    }

    /// Returns the signals that have arrived.
    func arrived() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes.prefix(count).map { Int32($0) } : []
    }

    /// Stops the process as SIGTSTP does by default; returns when it is continued.
    func suspend() {
        raiseDefault(SIGTSTP)
        Self.handle(SIGTSTP)
    }

    /// Ends the process by a signal, so that its parent sees the cause.
    func end(_ number: Int32) -> Never {
        raiseDefault(number)
        exit(128 + number)
    }

    /// Raises a signal with its default action in this thread, which blocks signals if it is one of Dispatch.
    private func raiseDefault(_ number: Int32) {
        signal(number, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, number)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(number)
    }

    private static func handle(_ number: Int32) {
        // Only atomics and `write` are used, which are safe in a handler.
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = 0
        let handler: @convention(c) (Int32) -> Void = { number in
            let code = errno
            if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(number) {
                TerminalSignals.endingSignal.store(number, ordering: .relaxed)
            }
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(TerminalSignals.pipeInput.load(ordering: .acquiring), &byte, 1)
            errno = code
        }
        #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = handler
        #else
        action.__sigaction_handler.sa_handler = handler
        #endif
        sigaction(number, &action, nil)
    }
}
