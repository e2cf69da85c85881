/// A transport behind a chain of interceptors, the first of which is the outermost.
public struct InterceptedTransport<Base: Transport>: Transport {
    private let base: Base
    private let interceptors: [any Interceptor]

    /// Creates a transport behind interceptors.
    public init(_ base: Base, _ interceptors: [any Interceptor]) {
        self.base = base
        self.interceptors = interceptors
    }

    /// Sends a request through the chain.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        try await Self.run(interceptors[...], base, request, context)
    }

    private static func run(
        _ interceptors: ArraySlice<any Interceptor>,
        _ base: Base,
        _ request: Request,
        _ context: CallContext
    ) async throws -> Response {
        guard let first = interceptors.first else { return try await base.send(request, context: context) }
        return try await first.intercept(request, context: context) { request, context in
            try await run(interceptors.dropFirst(), base, request, context)
        }
    }
}
