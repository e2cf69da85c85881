import NIOCore
import OpenAIUsage

/// The engine as a call uses it.
///
/// Methods return at once and call nothing back.
protocol CallObserver: AnyObject {
    /// The identity of the attempt.
    var callID: String { get }
    /// The time of the engine's clock, in monotonic nanoseconds.
    var instant: Int64 { get }
    /// True if the event that ends a stream has been received.
    var isTerminated: Bool { get }
    /// True if the request's body asks for a stream, as far as it has been received.
    var asksForStream: Bool { get }
    /// True if the request's body asks for a stream without usage.
    var lacksUsageOption: Bool { get }

    func receive(requestBody bytes: borrowing RawSpan)
    func receive(_ head: ResponseHead, at instant: Int64)
    /// Receives the status of an answer that the gateway generated.
    func receive(ownStatus status: Int)
    func receive(body bytes: borrowing RawSpan)
    func receive(message bytes: borrowing RawSpan)
    func note(_ note: IncludeUsage.Note)
    /// Adds a value to the record's diagnostics.
    func note(_ name: String, _ value: String)
    func add(gatewayNanoseconds: Int64)
}

/// The settings that the calls of a gateway share.
struct StreamRules: Sendable {
    /// True if the last bytes of a response wait for the row's commit.
    var waitsForCommit = true
    /// The longest time that a response waits for its commit, in milliseconds.
    var commitDeadline: Int64 = 50
    /// The time after which a call in flight gets its in-flight row, in milliseconds.
    var inFlightRow: Int64 = 250
    /// The longest silence of the upstream, in milliseconds.
    var responseTimeout: Int64 = 600_000
    /// The longest silence of a client within its request, in milliseconds.
    var requestBodyTimeout: Int64 = 60_000
    /// The longest time for which a client accepts nothing of its response, in milliseconds.
    var writeTimeout: Int64 = 120_000
    /// The time for which a stream is read after its client disconnected, in milliseconds; 0 aborts at once.
    var disconnectGrace: Int64 = 5_000
    /// The time for which any other response is awaited after its client disconnected, in milliseconds.
    ///
    /// Its usage comes with its end, and the provider bills it whether or not somebody reads it.
    var plainDisconnectGrace: Int64 { max(120_000, disconnectGrace) }
    /// The maximum number of bytes read from a response after its client disconnected.
    var disconnectBytes = 64 << 20
    /// The time in which a client that half-closed can turn out to have disconnected, in milliseconds.
    var halfCloseGrace: Int64 = 10
    /// The time for which the head of a stream with a `Content-Length` waits for the first byte, in milliseconds.
    var streamHeadGrace: Int64 = 20
    /// The requests that are sent again when a pooled connection turns out to be closed.
    var replays = GatewayConfiguration.Replays.all

    /// The longest interval between two checks of a call in flight, in milliseconds.
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

/// An event of a call.
enum StreamEvent {
    // The client's side.

    /// Content of the request; its bytes with their framing follow.
    case requestContent(ByteBuffer)
    /// Bytes of the request as received.
    case requestBytes(ByteBuffer)
    /// The request is complete.
    case requestEnd(trailers: ByteBuffer?)
    /// The client sent malformed HTTP.
    case requestFailed(WireError)
    /// The client has half-closed its connection, and may still read.
    case clientEnded
    /// The client has disconnected. `mayDrain` is true if there is room to read its response to the end.
    case clientClosed(mayDrain: Bool)
    case clientWritable(Bool)

    // The upstream's side.

    case connected(isReused: Bool)
    case connectFailed(UpstreamFailure)
    case responseHead(ResponseHead)
    /// Content of the response; its bytes with their framing follow.
    case responseContent(ByteBuffer)
    /// Bytes of the response as received.
    case responseBytes(ByteBuffer, isLast: Bool)
    /// The response is complete.
    case responseEnd(trailers: ByteBuffer?)
    /// All events of one read have been delivered.
    case responseReadComplete
    case upstreamClosed(UpstreamFailure)
    case upstreamWritable(Bool)

    // After an upgrade.

    case clientData(ByteBuffer)
    case upstreamData(ByteBuffer)
    /// A text message from the server of a WebSocket.
    case message(ByteBuffer)
    /// The server of a WebSocket has sent its Close frame.
    case sessionClosed

    // Other events.

    /// The record of this generation is kept, or cannot be.
    case committed(generation: Int)
    case deadline(StreamDeadline)
    /// The gateway's shutdown ends the call.
    case abort
}

/// A deadline of a call.
enum StreamDeadline: Equatable {
    /// The next check of timeouts.
    case watch
    case commit(generation: Int)
    case disconnectGrace
    case halfCloseGrace
    case streamHeadGrace
}

/// An action for the shell; actions are performed in order.
enum StreamAction {
    /// Get a connection; `isFresh` requires a new one, after a pooled one failed.
    case connect(isFresh: Bool)
    case cancelConnect
    case writeUpstream(ByteBuffer)
    /// Return the connection to the pool; it is closed unless it can carry another call.
    case releaseUpstream(isReusable: Bool)
    case writeClient(ByteBuffer)
    /// The response has been written in full.
    case completeResponse(ClientConnectionFate)
    case readClient(Bool)
    case readUpstream(Bool)
    /// All further bytes from both sides are data.
    case beginTunnel
    case recordInFlight(generation: Int?)
    case record(TransportEnd, errorType: String?, errorCode: String?, generation: Int?)
    case arm(StreamDeadline, milliseconds: Int64)
    case note(StreamNote)
    /// The call has ended; no action follows.
    case finish
}

/// The fate of a client's connection after its response.
enum ClientConnectionFate: Equatable {
    /// Keep it for another call.
    case keep
    /// Close it once everything written has been sent.
    case close
    /// Close it likewise, but first discard what the client still sends, so that it can read its response.
    case linger
    /// Close it so that the client sees that its response is incomplete.
    case cut
    /// Reset it, because nothing else shows the client that its response is incomplete.
    case reset
}

/// A fact to count or to log.
enum StreamNote: Equatable {
    case releasedLate
    case usageNotAsked(IncludeUsage.Note)
    case replayed
    case refusesUsage(model: String?)
    /// The gateway got no response.
    case failed(code: String)
    /// The gateway rejected the request.
    case refused(code: String)
    /// The upstream sent unsolicited bytes.
    case strayBytes
    /// A limit was reached.
    case limit(DataPlaneLimit)
}
