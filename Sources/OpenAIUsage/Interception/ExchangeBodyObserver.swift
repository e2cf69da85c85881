/// Feeds an exchange with the response's body, and ends the attempt when the reader of the body is released.
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
