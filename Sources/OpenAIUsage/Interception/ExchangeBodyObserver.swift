/// Shows an attempt the body of its response, and ends the attempt when whoever reads the body goes away.
package final class ExchangeBodyObserver: BodyObserver {
    package let exchange: Exchange

    package init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.finish(.abandoned)
    }

    package func receive(_ piece: ArraySlice<UInt8>) {
        exchange.receive(body: piece.span.bytes)
    }

    package func end(_ error: (any Error)?) {
        exchange.finish(error.map { TransportEnd($0, isHeadReceived: true) } ?? .completed)
    }
}
