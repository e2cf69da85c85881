public import HTTPTypes

/// Adds fields to every request that lacks them, and tags to every call.
///
/// The fields of a request and the tags of a call take precedence, so that of several such interceptors the outermost
/// wins.
public struct FieldInterceptor: Interceptor {
    private let fields: HTTPFields
    private let tags: UsageTags

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - fields: The fields to add, such as a project or a key.
    ///   - tags: The tags to add.
    public init(fields: HTTPFields = [:], tags: UsageTags = [:]) {
        self.fields = fields
        self.tags = tags
    }

    /// Adds the fields and the tags.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        for field in fields where !request.head.headerFields.contains(field.name) {
            request.head.headerFields.append(field)
        }
        var context = context
        context.tags = tags.merging(context.tags)
        return try await next(request, context)
    }
}
