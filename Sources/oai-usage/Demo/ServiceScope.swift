import Logging
import ServiceLifecycle

/// Runs a service for as long as an operation takes.
enum ServiceScope {
    /// Runs the operation beside the service, then shuts the service down gracefully and waits for its end.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - operation: What is done while it runs.
    ///   - onFailure: Called when the service ends before the operation does, to let it go on.
    /// - Returns: What the operation returns.
    /// - Throws: What the service or the operation throws.
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
