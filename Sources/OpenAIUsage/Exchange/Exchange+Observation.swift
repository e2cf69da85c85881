import HTTPTypes

extension Exchange {
    /// Passes an attempt on to `next`, and feeds the exchange with its bodies.
    ///
    /// The attempt ends when its body has been read to the end, when reading it throws, when its iterator is dropped,
    /// or when the response is dropped unread. An attempt whose response has no body ends with the response's head.
    ///
    /// - Parameters:
    ///   - request: The request as it is to be sent.
    ///   - context: The metadata of the call.
    ///   - next: Sends the attempt.
    /// - Returns: The response, whose body is observed while it is read.
    /// - Throws: Any error of `next`, cancellation included, which ends the attempt.
    package func observe(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        if let body = request.body {
            if let bytes = body.bytes {
                receive(requestBody: bytes.span.bytes)
            } else {
                request.body = Body(
                    ObservedBody(base: body) { self.receive(requestBody: $0.span.bytes) },
                    length: body.length,
                    isReplayable: body.isReplayable
                )
            }
        }
        do {
            let response = try await next(request, context)
            receive(head: response.head)
            if response.body.length ?? response.head.bodyLength(of: request.head.method) == 0 {
                finish(.completed)
                return response
            }
            return Response(
                head: response.head,
                body: Body(response.body) { ExchangeBodyObserver(self) }
            )
        } catch {
            finish(TransportEnd(error, isHeadReceived: false))
            throw error
        }
    }
}
