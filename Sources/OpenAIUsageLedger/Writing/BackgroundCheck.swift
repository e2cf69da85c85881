import Dispatch
import Foundation
import GRDB
import Synchronization

/// SQLite's check of a large ledger, on its own thread and connection so that no record waits.
final class BackgroundCheck: Sendable {
    /// The result of a check.
    enum Verdict {
        /// Nothing is wrong with the file.
        case sound
        /// The file is damaged.
        case damaged
        /// The check was canceled or could not run.
        case unfinished
    }

    private struct State {
        var verdict: Verdict?
        var duration: Int64 = 0
        var connection: DatabaseQueue?
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)

    /// Starts a check of a ledger that is in use.
    init(_ path: String) {
        let thread = Thread { [self] in
            let start = DispatchTime.now().uptimeNanoseconds
            let verdict = check(path)
            state.withLock { state in
                state.verdict = verdict
                state.duration = Int64(DispatchTime.now().uptimeNanoseconds - start)
                state.connection = nil
            }
            end.signal()
        }
        thread.name = "ledger.check"
        thread.start()
    }

    /// The result and the duration in nanoseconds; `nil` while the check runs.
    var result: (verdict: Verdict, duration: Int64)? {
        state.withLock { state in state.verdict.map { ($0, state.duration) } }
    }

    /// Cancels the check, and returns once its connection is closed.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        // An interrupt has no effect on a statement that has not started: it is repeated.
        while end.wait(timeout: .now() + .milliseconds(5)) == .timedOut {
            state.withLock(\.connection)?.interrupt()
        }
        end.signal()
    }

    private func check(_ path: String) -> Verdict {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.foreignKeysEnabled = false
            configuration.busyMode = .timeout(1)
            configuration.label = "ledger.check"
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? connection.close() }
            let isCancelled = state.withLock { state in
                state.connection = connection
                return state.isCancelled
            }
            guard !isCancelled else { return .unfinished }
            let isSound = try connection.read { database in
                try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok"
            }
            return isSound ? .sound : .damaged
        } catch {
            return LedgerError(error, path: path).isDamage ? .damaged : .unfinished
        }
    }
}
