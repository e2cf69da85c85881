package import NIOHTTP1

/// What the simulator received in one attempt, and what it answered.
package struct SimulatedExchange: Sendable {
    /// The number of the attempt, counted from 1 in the order in which answers were started; `nil` if none was.
    package var number: UInt64?
    package var method: String
    /// The request's target, with its query.
    package var path: String
    package var headers: HTTPHeaders
    /// The request's body; only a part of it if the client left before its end, or the answer came before it.
    package var body: [UInt8]
    /// The status that was answered, `nil` if no head was sent.
    package var status: Int?
    /// The `x-request-id` that was answered, `nil` if there was none.
    package var requestID: String?
    /// The `openai-processing-ms` that was answered, `nil` if there was none.
    package var processingMilliseconds: Int?
    /// The bytes of the answer's body that were sent, without transfer coding.
    package var sentBodyBytes: Int
    /// Whether the client closed the connection before the answer was complete.
    package var clientClosedEarly: Bool
    /// Whether the simulator closed the connection before the answer was complete, as it was told to.
    package var wasCut: Bool
}
