/// The sign that something took longer than it may.
struct DeadlineExceeded: Error {}

/// Cancels something that takes longer than it may.
///
/// - Parameters:
///   - deadline: The longest time.
///   - body: The work, which ends soon when it is cancelled.
/// - Returns: The result of the work.
/// - Throws: ``DeadlineExceeded``, or the error of the work.
func withDeadline<Value: Sendable>(
    _ deadline: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            // A timer, which the end of the work cancels.
            try await Task.sleep(for: deadline)
            return nil
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() ?? nil else { throw DeadlineExceeded() }
        return value
    }
}
