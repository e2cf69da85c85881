import AsyncHTTPClient
import Foundation
import NIOCore
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The clients that have an adapter.
enum Client: String, CaseIterable, Sendable {
    case urlSession
    case asyncHTTPClient

    /// Runs with a transport, and ends what it needs afterwards.
    ///
    /// - Parameters:
    ///   - seconds: How long it waits for a byte.
    ///   - body: What is done.
    /// - Throws: What the body throws.
    func withTransport(waiting seconds: Int = 300, _ body: (any Transport) async throws -> Void) async throws {
        switch self {
        case .urlSession:
            let configuration = URLSessionTransport.defaultConfiguration
            configuration.timeoutIntervalForRequest = Double(seconds)
            let transport = URLSessionTransport(configuration)
            do {
                try await body(transport)
            } catch {
                transport.shutDown()
                throw error
            }
            transport.shutDown()
        case .asyncHTTPClient:
            var configuration = AsyncHTTPClientTransport.defaultConfiguration
            configuration.timeout.read = .seconds(Int64(seconds))
            configuration.timeout.connect = .seconds(Int64(seconds))
            let client = HTTPClient(configuration: configuration)
            do {
                try await body(AsyncHTTPClientTransport(client))
            } catch {
                try? await client.shutdown()
                throw error
            }
            try await client.shutdown()
        }
    }
}
