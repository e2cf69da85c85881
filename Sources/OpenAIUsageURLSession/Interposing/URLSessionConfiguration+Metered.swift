public import OpenAIUsage

#if canImport(FoundationNetworking)
import Foundation
public import FoundationNetworking
#else
public import Foundation
#endif

extension URLSessionConfiguration {
    /// A copy of this configuration whose sessions are metered, for libraries that take a session or its configuration.
    ///
    /// ```swift
    /// let session = URLSession(configuration: .default.metered(by: meter))
    /// ```
    ///
    /// It is a best effort, by a `URLProtocol` that makes each call over a session of its own:
    ///
    /// - Tags come from the field `OpenAI-Usage-Tags` only, as does everything that a call bears.
    /// - Redirects are followed without asking the session's delegate, and it is not asked for credentials.
    /// - Each metered configuration stays in memory with its meter until the process ends: make it once.
    /// - A delegate gets a response piece by piece, a completion handler as a whole. On Linux Foundation hides which of the
    ///   two a task has; if it hides it better one day, a response arrives in one piece, at its end.
    /// - A body that is a stream is read while it is sent. It cannot be read again: a request that has to be sent again fails.
    /// - On Linux upload tasks, and POST, PUT and PATCH without a body in the request, are made but not metered: Foundation
    ///   does not show their bodies. Download tasks fail with `URLError.unsupportedURL`. A suspended task goes on receiving.
    public func metered(by meter: UsageMeter) -> URLSessionConfiguration {
        let inner = copy() as? URLSessionConfiguration ?? self
        let outer = copy() as? URLSessionConfiguration ?? self
        let additions = HeaderAdditions(takenFrom: inner)
        let type: AnyClass = MeteredConfigurations.shared.add(inner, additions, meter)
        outer.protocolClasses = [type] + (outer.protocolClasses ?? [])
        return outer
    }
}
