import NIOCore
import OpenAIUsage

/// What a call tells the engine.
///
/// Every method returns at once and calls nothing back.
protocol CallObserver: AnyObject {
    /// The identity of the attempt.
    var callID: String { get }
    /// The monotonic nanoseconds of the engine's clock.
    var instant: Int64 { get }
    /// True if the event that ends a stream has been received.
    var isTerminated: Bool { get }
    /// True if the request's body asks for a stream, as far as it was received.
    var asksForStream: Bool { get }
    /// True if the request's body asks for a stream that does not tell its usage.
    var lacksUsageOption: Bool { get }

    func receive(requestBody bytes: borrowing RawSpan)
    func receive(_ head: ResponseHead, at instant: Int64)
    /// Takes the status of an answer that is the gateway's own.
    func receive(ownStatus status: Int)
    func receive(body bytes: borrowing RawSpan)
    func receive(message bytes: borrowing RawSpan)
    func note(_ note: IncludeUsage.Note)
    /// Adds to the record's diagnostics.
    func note(_ name: String, _ value: String)
    func add(gatewayNanoseconds: Int64)
}

/// What a gateway's calls have in common.
struct StreamRules: Sendable {
    /// True if the last bytes wait for the row's commit.
    var waitsForCommit = true
    /// How long a response waits for its commit, in milliseconds.
    var commitDeadline: Int64 = 50
    /// After how many milliseconds an open call gets its interim row.
    var inFlightRow: Int64 = 250
    /// How long the upstream may stay silent, in milliseconds.
    var responseTimeout: Int64 = 600_000
    /// How long the client may stay silent within its request, in milliseconds.
    var requestBodyTimeout: Int64 = 60_000
    /// How long the client may take nothing of its response, in milliseconds.
    var writeTimeout: Int64 = 120_000
    /// How long a stream is read on after its client has gone, in milliseconds; 0 aborts at once.
    var disconnectGrace: Int64 = 5_000
    /// The most bytes that are read of a response after its client has gone.
    var disconnectBytes = 64 << 20
    /// How long a client that has ended its side is given to show that it has gone, in milliseconds.
    var halfCloseGrace: Int64 = 10
    /// How long the head of a stream that tells its length waits for the first byte, in milliseconds.
    var streamHeadGrace: Int64 = 20
    /// Which requests are sent once more when a pooled connection turns out to be closed.
    var replays = GatewayConfiguration.Replays.all

    /// The longest that an open call is not looked at, in milliseconds.
    var watchInterval: Int64 { max(1, min(requestBodyTimeout, responseTimeout, writeTimeout) / 8) }

    init() {}

    init(_ configuration: GatewayConfiguration) {
        waitsForCommit = configuration.durability != .buffered
        commitDeadline = configuration.commitDeadlineMilliseconds
        inFlightRow = configuration.openRowMilliseconds
        responseTimeout = configuration.responseTimeoutMilliseconds
        requestBodyTimeout = configuration.limits.bodyMilliseconds
        writeTimeout = configuration.limits.writeMilliseconds
        disconnectGrace = configuration.drainMilliseconds
        disconnectBytes = configuration.limits.disconnectBytes
        streamHeadGrace = configuration.streamHeadMilliseconds
        replays = configuration.replays
    }
}

/// What happens to a call.
enum StreamEvent {
    // The client's side.

    /// Content of the request; its bytes follow with their framing.
    case requestContent(ByteBuffer)
    /// Bytes of the request as they came.
    case requestBytes(ByteBuffer)
    /// The request is complete.
    case requestEnd(trailers: ByteBuffer?)
    /// What the client sent is not HTTP.
    case requestFailed(WireError)
    /// The client has ended its side, and may read on.
    case clientEnded
    /// The client has gone. The flag tells that there is room to read its response on.
    case clientClosed(mayDrain: Bool)
    case clientWritable(Bool)

    // The upstream's side.

    case connected(isReused: Bool)
    case connectFailed(UpstreamFailure)
    case responseHead(ResponseHead)
    /// Content of the response; its bytes follow with their framing.
    case responseContent(ByteBuffer)
    /// Bytes of the response as they came.
    case responseBytes(ByteBuffer, isLast: Bool)
    /// The response is complete.
    case responseEnd(trailers: ByteBuffer?)
    /// All that was read at once has been told.
    case responseReadComplete
    case upstreamClosed(UpstreamFailure)
    case upstreamWritable(Bool)

    // Behind a change of protocol.

    case clientData(ByteBuffer)
    case upstreamData(ByteBuffer)
    /// A text message of a WebSocket's server.
    case message(ByteBuffer)
    /// The two sides of a WebSocket have said goodbye.
    case sessionClosed

    // Everything else.

    /// A record is kept, or cannot be.
    case committed(generation: Int)
    case deadline(StreamDeadline)
    /// The gateway ends.
    case abort
}

/// A moment that a call waits for.
enum StreamDeadline: Equatable {
    /// Time to look at what has not happened.
    case watch
    case commit(generation: Int)
    case disconnectGrace
    case halfCloseGrace
    case streamHeadGrace
}

/// What is to be done for a call, in this order.
enum StreamAction {
    /// Get a connection; a fresh one if a pooled one has just failed.
    case connect(isFresh: Bool)
    case cancelConnect
    case writeUpstream(ByteBuffer)
    /// Give the connection back; it is closed unless it can carry another call.
    case releaseUpstream(isReusable: Bool)
    case writeClient(ByteBuffer)
    /// The response is written in full.
    case completeResponse(ClientConnectionFate)
    case readClient(Bool)
    case readUpstream(Bool)
    /// Everything that comes from either side is data now.
    case beginTunnel
    case recordInFlight(generation: Int?)
    case record(TransportEnd, errorType: String?, errorCode: String?, generation: Int?)
    case arm(StreamDeadline, milliseconds: Int64)
    case note(StreamNote)
    /// Nothing more will come of the call.
    case finish
}

/// What becomes of a client's connection behind its response.
enum ClientConnectionFate: Equatable {
    /// It may carry another call.
    case keep
    /// It ends when the client has what was written to it.
    case close
    /// The same, and what the client still sends is read away first, so that it can read its response.
    case linger
    /// It ends so that the client sees that its response is not whole.
    case cut
    /// It is reset, because nothing else shows the client that its response is not whole.
    case reset
}

/// What is to be counted or logged.
enum StreamNote: Equatable {
    case releasedLate
    case usageNotAsked(IncludeUsage.Note)
    case replayed
    case refusesUsage(model: String?)
    /// The gateway could not get a response.
    case failed(code: String)
    /// The gateway refused the request.
    case refused(code: String)
    /// The upstream sent bytes that nobody had asked for.
    case strayBytes
    /// A limit was reached.
    case limit(DataPlaneLimit)
}
