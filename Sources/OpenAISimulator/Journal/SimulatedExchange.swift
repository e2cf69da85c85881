package import NIOHTTP1

/// The request that the simulator received in one attempt, and its answer.
package struct SimulatedExchange: Sendable {
    /// The number of the attempt, counted from 1 in the order in which answers were started; `nil` if there was no answer.
    package var number: UInt64?
    package var method: String
    /// The request's target, including the query.
    package var path: String
    package var headers: HTTPHeaders
    /// The request's body; incomplete if the client disconnected before its end, or the answer came first.
    package var body: [UInt8]
    /// The status of the answer; `nil` if no head was sent.
    package var status: Int?
    /// The `x-request-id` of the answer; `nil` for none.
    package var requestID: String?
    /// The `openai-processing-ms` of the answer; `nil` for none.
    package var processingMilliseconds: Int?
    /// The number of bytes of the answer's body that were sent, without transfer coding.
    package var sentBodyBytes: Int
    /// True if the client closed the connection before the answer was complete.
    package var clientClosedEarly: Bool
    /// True if a directive closed the connection before the answer was complete.
    package var wasCut: Bool
}
