import Foundation
import HTTPTypes
import OpenAIUsage

struct UsageClientMiddleware: ClientMiddleware {
    let meter: UsageMeter

    init(_ meter: UsageMeter) { self.meter = meter }

    func intercept(
        _ request: HTTPRequest,
        body: HTTPBody?,
        baseURL: URL,
        operationID: String,
        next: @Sendable (HTTPRequest, HTTPBody?, URL) async throws -> (HTTPResponse, HTTPBody?)
    ) async throws -> (HTTPResponse, HTTPBody?) {
        var head = request
        head.scheme = baseURL.scheme
        head.authority = baseURL.host.map { host in baseURL.port.map { "\(host):\($0)" } ?? host }
        head.path = baseURL.path + (request.path ?? "")
        let exchange = meter.exchange(for: head)
        let observed = body.map { body in
            HTTPBody(
                body.map { piece in
                    exchange.receive(requestBody: piece.span.bytes)
                    return piece
                },
                length: body.length,
                iterationBehavior: body.iterationBehavior
            )
        }
        do {
            let (response, body) = try await next(request.withoutUsageFields, observed, baseURL)
            exchange.receive(head: response)
            guard let body else {
                exchange.finish(.completed)
                return (response, nil)
            }
            let metered = MeteredPieces(base: body, exchange: exchange)
            return (response, HTTPBody(metered, length: body.length, iterationBehavior: .single))
        } catch {
            exchange.finish(TransportEnd(error, isHeadReceived: false))
            throw error
        }
    }
}

struct MeteredPieces: AsyncSequence, Sendable {
    let base: HTTPBody
    let exchange: Exchange

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), lease: Lease(exchange: exchange)) }

    final class Lease: Sendable {
        let exchange: Exchange

        init(exchange: Exchange) { self.exchange = exchange }

        deinit { exchange.finish(.abandoned) }
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: HTTPBody.AsyncIterator
        let lease: Lease

        mutating func next() async throws -> ArraySlice<UInt8>? {
            do {
                let piece = try await base.next()
                if let piece {
                    lease.exchange.receive(body: piece.span.bytes)
                } else {
                    lease.exchange.finish(.completed)
                }
                return piece
            } catch {
                lease.exchange.finish(TransportEnd(error, isHeadReceived: true))
                throw error
            }
        }
    }
}
