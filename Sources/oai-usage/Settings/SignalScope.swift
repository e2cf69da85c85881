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

/// Runs a service until a signal ends it.
enum SignalScope {
    /// Runs a service; the first signal to end lets it wait for what is open, the second does not.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - signals: The signals of ``SignalReaction/signals``.
    ///   - logger: What the service's surroundings log to.
    ///   - reload: Called at every signal to reload.
    /// - Returns: The exit status of a second signal; `nil` if there was none.
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
            // Whoever signals once more does not wait for anything.
            for signal in [SIGTERM, SIGINT] { restoreDefault(signal) }
            tasks.cancelAll()
            while (try? await tasks.next()) != nil {}
            return status
        }
    }

    private static func restoreDefault(_ number: Int32) { signal(number, SIG_DFL) }
}
