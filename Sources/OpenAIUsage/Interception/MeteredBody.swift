/// A response's body that is metered while it is read: it pulls when it is pulled, and hands on what it gets.
struct MeteredBody: AsyncSequence, Sendable {
    typealias Element = ArraySlice<UInt8>
    typealias Failure = any Error

    let base: Body
    let exchange: Exchange

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), lease: ExchangeLease(exchange))
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private var base: Body.AsyncIterator
        private let lease: ExchangeLease

        init(base: Body.AsyncIterator, lease: ExchangeLease) {
            self.base = base
            self.lease = lease
        }

        mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
            do {
                guard let piece = try await base.next(isolation: actor) else {
                    lease.exchange.finish(.completed)
                    return nil
                }
                lease.exchange.receive(body: piece.span.bytes)
                return piece
            } catch {
                lease.exchange.finish(Ending(error, isHeadReceived: true))
                throw error
            }
        }

        mutating func next() async throws -> ArraySlice<UInt8>? {
            try await next(isolation: nil)
        }
    }
}

@available(*, unavailable)
extension MeteredBody.AsyncIterator: Sendable {}

/// Ends an attempt when whoever reads its body goes away.
package final class ExchangeLease: Sendable {
    package let exchange: Exchange

    package init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.finish(.abandoned)
    }
}
