import OpenAIUsage
import Synchronization

final class ConcurrencyLimit: Interceptor {
    private let open = Mutex(0)
    private let limit: Int

    init(_ limit: Int) { self.limit = limit }

    func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let waiting = open.withLock { open in
            open += 1
            return open
        }
        defer { open.withLock { $0 -= 1 } }
        guard waiting <= limit else { throw TransportError(.failed, "More than \(limit) calls at once.") }
        return try await next(request, context)
    }
}
