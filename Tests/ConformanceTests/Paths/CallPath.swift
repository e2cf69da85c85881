import AsyncHTTPClient
import Foundation
import NIOCore
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageCurl
import OpenAIUsageURLSession
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A way for a call to go, with a meter on it.
enum CallPath: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// A closure that answers from memory; the rows of the others are compared with its.
    case closure
    case curl
    case urlSession
    case urlSessionLine = "URLSession.metered"
    case asyncHTTPClient
    case httpClientLine = "HTTPClient.metered"
    case easyHandle
    case gateway

    /// What a path is to be opened for.
    struct Setting: Sendable {
        /// The port of the upstream.
        let port: Int
        /// How many seconds a call may stand still.
        let patience: Int
        let exchanges: ExchangeConfiguration
        let sink: any UsageSink
        /// What answers from memory, and what ends it.
        let memory: ClosureTransport
        var endMemory: @Sendable () -> Void = {}

        var meter: UsageMeter { UsageMeter(sink: sink, configuration: exchanges) }
    }

    var testDescription: String { rawValue }

    /// Opens the path, and closes it behind the body.
    func open<Value: Sendable>(
        _ setting: Setting,
        body: (OpenPath) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .closure: try await openMemory(setting, body)
        case .curl: try await openCurl(setting, body)
        case .urlSession: try await openSession(setting, body)
        case .urlSessionLine: try await openSessionLine(setting, body)
        case .asyncHTTPClient, .httpClientLine: try await openClient(setting, body)
        case .easyHandle: try await body(OpenPath(transport: EasyHandleLine(setting), port: setting.port))
        case .gateway: try await GatewayPath.open(setting, body)
        }
    }

    private func openMemory<Value>(_ setting: Setting, _ body: (OpenPath) async throws -> Value) async throws -> Value {
        let metered = setting.memory.intercepted(by: UsageInterceptor(setting.meter))
        return try await body(OpenPath(transport: metered, port: setting.port) { setting.endMemory() })
    }

    private func openCurl<Value>(_ setting: Setting, _ body: (OpenPath) async throws -> Value) async throws -> Value {
        let transport = CurlTransport(Self.curlConfiguration(setting.patience))
        let metered = transport.intercepted(by: UsageInterceptor(setting.meter))
        let result: Value
        do {
            result = try await body(OpenPath(transport: metered, port: setting.port) { await transport.shutDown() })
        } catch {
            await transport.shutDown()
            throw error
        }
        await transport.shutDown()
        return result
    }

    static func curlConfiguration(_ patience: Int) -> CurlTransportConfiguration {
        var configuration = CurlTransportConfiguration()
        configuration.environment = [:]
        configuration.idleTimeout = .seconds(patience)
        configuration.connectTimeout = .seconds(60)
        return configuration
    }

    private func openSession<Value>(_ setting: Setting, _ body: (OpenPath) async throws -> Value) async throws -> Value
    {
        let configuration = URLSessionTransport.defaultConfiguration
        configuration.timeoutIntervalForRequest = Double(setting.patience)
        let transport = URLSessionTransport(configuration)
        defer { transport.shutDown() }
        let metered = transport.intercepted(by: UsageInterceptor(setting.meter))
        return try await body(OpenPath(transport: metered, port: setting.port) { transport.shutDown() })
    }

    private func openSessionLine<Value>(
        _ setting: Setting,
        _ body: (OpenPath) async throws -> Value
    ) async throws -> Value {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = Double(setting.patience)
        let session = URLSession(configuration: configuration)
        defer { session.finishTasksAndInvalidate() }
        return try await body(OpenPath(transport: SessionLine(session.metered(by: setting.meter)), port: setting.port))
    }

    private func openClient<Value>(_ setting: Setting, _ body: (OpenPath) async throws -> Value) async throws -> Value {
        var configuration = AsyncHTTPClientTransport.defaultConfiguration
        configuration.timeout.read = .seconds(Int64(setting.patience))
        let client = HTTPClient(configuration: configuration)
        let transport: any Transport =
            self == .httpClientLine
            ? ClientLine(client.metered(by: setting.meter))
            : AsyncHTTPClientTransport(client).intercepted(by: UsageInterceptor(setting.meter))
        let result: Value
        do {
            result = try await body(
                OpenPath(transport: transport, port: setting.port) { try? await client.shutdown() }
            )
        } catch {
            try? await client.shutdown()
            throw error
        }
        // A scenario may have shut it down already.
        try? await client.shutdown()
        return result
    }
}
