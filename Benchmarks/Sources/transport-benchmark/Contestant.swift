import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageCurl
import OpenAIUsageURLSession

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A client that makes the call of the benchmark.
struct Contestant: Sendable {
    /// Makes a call, keeps its body as a program does, and returns when the body's first byte was there.
    let call: @Sendable () async throws -> Int64
    /// Ends the client.
    let end: @Sendable () async -> Void

    /// - Parameters:
    ///   - name: One of `curl`, `urlsession`, `asynchttpclient`, and the last two with `-bare` for the client alone.
    ///   - url: A URL such as `http://localhost:8080/path`.
    ///   - isMetered: Whether its calls are metered.
    init?(_ name: String, url: String, isMetered: Bool) {
        guard let request = TransportCall(url: url), let address = URL(string: url) else { return nil }
        switch name {
        case "curl":
            let transport = CurlTransport()
            self.init(request, Meter.around(transport, isMetered)) { await transport.shutDown() }
        case "urlsession":
            let transport = URLSessionTransport()
            self.init(request, Meter.around(transport, isMetered)) { transport.shutDown() }
        case "asynchttpclient":
            let client = HTTPClient(configuration: AsyncHTTPClientTransport.defaultConfiguration)
            self.init(request, Meter.around(AsyncHTTPClientTransport(client), isMetered)) {
                try? await client.shutdown()
            }
        case "urlsession-bare":
            let session = URLSession(configuration: URLSessionTransport.defaultConfiguration)
            var prepared = URLRequest(url: address)
            prepared.httpMethod = "POST"
            prepared.httpBody = Data(TransportCall.body)
            for field in request.fields { prepared.setValue(field.value, forHTTPHeaderField: field.name.rawName) }
            let bare = prepared
            self.init {
                let (body, response) = try await session.data(for: bare)
                let now = Moment.monotonic
                guard (response as? HTTPURLResponse)?.statusCode == 200, !body.isEmpty else { stop("No answer.") }
                return now
            } end: {
                session.invalidateAndCancel()
            }

        case "asynchttpclient-bare":
            let client = HTTPClient(configuration: AsyncHTTPClientTransport.defaultConfiguration)
            self.init {
                var bare = HTTPClientRequest(url: url)
                bare.method = .POST
                bare.body = .bytes(TransportCall.body)
                for field in request.fields { bare.headers.add(name: field.name.rawName, value: field.value) }
                let response = try await client.execute(bare, timeout: .seconds(60))
                var first: Int64 = 0
                var body: [UInt8] = []
                for try await buffer in response.body {
                    if first == 0 { first = Moment.monotonic }
                    body.append(contentsOf: buffer.readableBytesView)
                }
                guard response.status == .ok, !body.isEmpty else { stop("No answer.") }
                return first
            } end: {
                try? await client.shutdown()
            }

        default: return nil
        }
    }

    private init(call: @escaping @Sendable () async throws -> Int64, end: @escaping @Sendable () async -> Void) {
        self.call = call
        self.end = end
    }

    init(_ request: TransportCall, _ transport: any Transport, end: @escaping @Sendable () async -> Void = {}) {
        call = { try await request.make(over: transport) }
        self.end = end
    }
}
