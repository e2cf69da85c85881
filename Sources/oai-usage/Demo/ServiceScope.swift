import Logging
import ServiceLifecycle

/// Runs a service for the duration of an operation.
enum ServiceScope {
    /// Runs an operation while the service runs, then shuts the service down gracefully and waits for it to end.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - operation: The operation.
    ///   - onFailure: Called when the service fails, to resume an operation that waits for it.
    /// - Returns: The result of the operation.
    /// - Throws: Errors of the service or the operation.
    static func run<Result: Sendable>(
        _ service: any Service,
        operation: @escaping @Sendable () async throws -> Result,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) async throws -> Result {
        let services = ServiceGroup(services: [service], logger: ProgramLog.standard.logger(level: .error))
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                do {
                    try await services.run()
                } catch {
                    onFailure(error)
                    throw error
                }
                return nil
            }
            tasks.addTask {
                let result: Result
                do {
                    result = try await operation()
                } catch {
                    await services.triggerGracefulShutdown()
                    throw error
                }
                await services.triggerGracefulShutdown()
                return result
            }
            var result: Result?
            while let value = try await tasks.next() { result = value ?? result }
            guard let result else { throw CancellationError() }
            return result
        }
    }
}
