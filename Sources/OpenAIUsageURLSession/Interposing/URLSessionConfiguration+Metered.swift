public import OpenAIUsage

#if canImport(FoundationNetworking)
import Foundation
public import FoundationNetworking
#else
public import Foundation
#endif

extension URLSessionConfiguration {
    /// Returns a copy of this configuration whose sessions are metered, for libraries that take a session or a configuration.
    ///
    /// ```swift
    /// let session = URLSession(configuration: .default.metered(by: meter))
    /// ```
    ///
    /// This is a best effort by a `URLProtocol`, which makes each call over a session of its own:
    ///
    /// - Tags come only from the field `OpenAI-Usage-Tags`.
    /// - Redirects are followed without asking the session's delegate, which is not asked for credentials either.
    /// - Each metered configuration stays in memory with its meter until the process ends, so create it once.
    /// - A delegate gets a response piece by piece, a completion handler as a whole. On Linux, this depends on a private detail
    ///   of Foundation; without it, every response arrives in one piece at its end.
    /// - A body that is a stream is read once, while it is sent. A request that has to be sent again fails.
    /// - On Linux, upload tasks, and POST, PUT and PATCH without a body in the request, are made but not metered, since
    ///   Foundation does not expose their bodies. Download tasks fail with `URLError.unsupportedURL`. A suspended task goes on
    ///   receiving.
    ///
    /// - Parameter meter: The meter that records the calls.
    /// - Returns: The configuration for the session.
    public func metered(by meter: UsageMeter) -> URLSessionConfiguration {
        let inner = copy() as? URLSessionConfiguration ?? self
        let outer = copy() as? URLSessionConfiguration ?? self
        let additions = AdditionalHeaders(takenFrom: inner)
        let type: AnyClass = MeteredConfigurations.shared.add(inner, additions, meter)
        outer.protocolClasses = [type] + (outer.protocolClasses ?? [])
        return outer
    }
}
