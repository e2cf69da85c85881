import OpenAIUsage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The live view on a terminal: waits for keys, signals and the next read of the ledger, and draws.
struct TopLoop {
    /// The time after which an escape byte is a key and not the start of a sequence, in milliseconds.
    private static let escapeDelay: Int32 = 100

    private var model: TopModel
    private var feed: TopFeed
    private var keys = KeyParser()
    private let clock: any UsageClock
    private let interval: Int64

    /// Creates the view.
    ///
    /// - Parameters:
    ///   - model: The initial state.
    ///   - feed: The calls.
    ///   - interval: The time between two reads in nanoseconds.
    ///   - clock: The clock.
    init(_ model: TopModel, _ feed: TopFeed, interval: Int64, clock: any UsageClock) {
        (self.model, self.feed, self.interval, self.clock) = (model, feed, interval, clock)
    }

    /// Reads the ledger, and returns the model.
    mutating func refreshed() -> TopModel {
        _ = refresh()
        return model
    }

    /// Shows the view until a key or a signal ends it; the terminal is as before then.
    ///
    /// - Throws: A ``CommandFailure`` if signals cannot be handled.
    mutating func run() throws {
        guard let signals = TerminalSignals() else { throw CommandFailure("No file descriptor is left.") }
        let terminal = TerminalSession()
        var ending: Int32?
        terminal.enter()
        defer {
            terminal.leave()
            if let ending { signals.end(ending) }
        }
        _ = model.receive(.resize(terminal.size))
        var action = refresh() == .quit ? TopModel.Action.quit : .drawAll
        var next = clock.monotonicNanoseconds + interval
        while true {
            switch action {
            case .quit: return
            case .draw, .drawAll:
                let frame = TopFrame(model).lines()
                terminal.draw(
                    frame,
                    width: model.size.columns,
                    isWhole: action == .drawAll,
                    isColored: Terminal.isColored
                )
            case .nothing: break
            }
            action = .nothing
            let ready = wait(terminal, signals, until: next)
            if ready.hasSignals {
                for number in signals.arrived() where ending == nil {
                    switch number {
                    case SIGTSTP:
                        terminal.leave()
                        signals.suspend()
                        // The signal that continues the process may be handled later than this line.
                        terminal.enter()
                        action = model.receive(.resize(terminal.size))
                    case SIGCONT:
                        // The shell may have changed the terminal, also after a stop that no handler saw.
                        terminal.leave()
                        terminal.enter()
                        action = model.receive(.resize(terminal.size))
                    case SIGWINCH: action = model.receive(.resize(terminal.size))
                    default: ending = number
                    }
                }
                if ending != nil { return }
            }
            for key in ready.keys {
                let reaction = model.receive(.key(key))
                if reaction != .nothing, action != .drawAll { action = reaction }
                if reaction == .quit { return }
            }
            if ready.isHungUp { return }
            let now = clock.monotonicNanoseconds
            if now >= next {
                let reaction = refresh()
                if action == .nothing { action = reaction }
                // Missed reads are not made up for.
                next = max(next + interval, now + interval / 2)
            }
        }
    }

    private mutating func refresh() -> TopModel.Action {
        let now = clock.wallMicroseconds
        do { return model.receive(.data(try feed.next(now: now), now: now)) } catch {
            return model.receive(.problem("\(error)", now: now))
        }
    }

    /// The reason for the end of a wait.
    private struct Ready {
        var keys: [KeyParser.Key] = []
        var hasSignals = false
        var isHungUp = false
    }

    /// Waits for a key, a signal or a time.
    private mutating func wait(_ terminal: TerminalSession, _ signals: TerminalSignals, until next: Int64) -> Ready {
        var ready = Ready()
        let rest = max(0, next - clock.monotonicNanoseconds)
        var milliseconds = Int32(clamping: (rest + 999_999) / 1_000_000)
        if keys.isUndecided { milliseconds = min(milliseconds, Self.escapeDelay) }
        // A negative descriptor is ignored.
        var descriptors = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: terminal.input ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, 2, milliseconds)
        // The signal that has interrupted the wait is in the pipe.
        if count < 0 { ready.hasSignals = true }
        guard count > 0 else {
            if count == 0 { ready.keys = keys.timeout() }
            return ready
        }
        ready.hasSignals = descriptors[0].revents != 0
        guard descriptors[1].revents != 0, let input = terminal.input else { return ready }
        var bytes = [UInt8](repeating: 0, count: 256)
        let length = read(input, &bytes, bytes.count)
        if length > 0 {
            ready.keys = keys.keys(bytes.prefix(length))
        } else if length == 0 || (errno != EINTR && errno != EAGAIN) {
            ready.isHungUp = true
        }
        return ready
    }
}
