/// The error of work that exceeded its deadline.
struct DeadlineExceeded: Error {}

/// Cancels work that exceeds a deadline.
///
/// - Parameters:
///   - deadline: The maximum duration.
///   - body: The work, which ends soon after its cancellation.
/// - Returns: The result of the work.
/// - Throws: ``DeadlineExceeded``, or the error of the work.
func withDeadline<Value: Sendable>(
    _ deadline: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            // Canceled if the work ends first.
            try await Task.sleep(for: deadline)
            return nil
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() ?? nil else { throw DeadlineExceeded() }
        return value
    }
}
