import Logging
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a service until a signal stops it.
enum SignalScope {
    /// Runs a service; a first SIGTERM or SIGINT shuts it down gracefully, a second one stops it immediately.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - signals: The sequence of ``SignalReaction/signals``.
    ///   - logger: The logger of the service group.
    ///   - reload: Called for every SIGHUP before the shutdown.
    /// - Returns: The exit status for a second signal; `nil` if there was none.
    /// - Throws: The error of the service.
    static func run(
        _ service: any Service,
        _ signals: UnixSignalsSequence,
        logger: Logger = ProgramLog.standard.logger(level: .error),
        reload: @escaping @Sendable () async -> Void
    ) async throws -> Int32? {
        let services = ServiceGroup(services: [service], logger: logger)
        return try await withThrowingTaskGroup(of: Int32?.self) { tasks in
            tasks.addTask {
                try await services.run()
                return nil
            }
            tasks.addTask {
                var reaction = SignalReaction()
                for await signal in signals {
                    switch reaction.receive(signal) {
                    case .reload: await reload()
                    case .shutDown: await services.triggerGracefulShutdown()
                    case .end(let status): return status
                    case .nothing: break
                    }
                }
                return nil
            }
            defer { tasks.cancelAll() }
            guard let status = try await tasks.next() ?? nil else { return Int32?.none }
            // A third signal ends the process without waiting for anything.
            for signal in [SIGTERM, SIGINT] { restoreDefault(signal) }
            tasks.cancelAll()
            while (try? await tasks.next()) != nil {}
            return status
        }
    }

    private static func restoreDefault(_ number: Int32) { signal(number, SIG_DFL) }
}
