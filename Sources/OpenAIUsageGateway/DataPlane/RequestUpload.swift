import NIOCore
import NIOHTTP1
import OpenAIUsage

/// A request on its way to the upstream: held where it may have to be rewritten, else passed on piece by piece.
///
/// A rewritten body has its new length, and is kept as the client wrote it until the response shows that the upstream has
/// not refused the addition. Every other body passes with the framing that it came with.
struct RequestUpload {
    /// A part of the request behind its head.
    enum Piece {
        case body(ByteBuffer)
        case end(HTTPHeaders?)
    }

    /// The most bytes that wait for a connection.
    static let pendingBound = 64 * 1024

    /// The head to send.
    private(set) var head: HTTPRequestHead
    /// True while the body is held to be looked at as a whole.
    private(set) var isCollecting: Bool
    /// True if the request was changed.
    private(set) var isRewritten = false
    /// Why the request was not changed, though it may ask for a stream without its usage.
    private(set) var note: IncludeUsage.Note?
    /// The model that refusals are remembered by.
    private(set) var model: String?
    private let own: HTTPRequestHead
    private let requests: UsageRequests
    private var reservation: UsageRequests.Reservation?
    private var collected = ByteBuffer()
    private var trailers: HTTPHeaders?
    private var pending: [Piece] = []
    private var pendingLength = 0

    init(head: HTTPRequestHead, endpoint: Endpoint, includesUsage: Bool, requests: UsageRequests) {
        self.head = head
        own = head
        self.requests = requests
        let isCandidate =
            includesUsage
            && IncludeUsage.isCandidate(
                endpoint,
                method: head.method.rawValue,
                contentType: head.headers.first(name: "content-type"),
                contentEncoding: head.headers.first(name: "content-encoding")
            )
        isCollecting = false
        guard isCandidate else { return }
        reservation = requests.reservation(for: head.headers.first(name: "content-length").flatMap { Int($0) })
        isCollecting = reservation != nil
        if !isCollecting { note = .notHeld }
    }

    /// True if no more bytes should be read until some have left.
    var isFull: Bool { pendingLength >= Self.pendingBound }

    /// Receives bytes of the body.
    ///
    /// - Returns: The pieces to send now; empty while they are kept.
    mutating func receive(_ body: ByteBuffer, hasConnection: Bool) -> [Piece] {
        guard isCollecting else { return pass(body, hasConnection) }
        collected.writeImmutableBuffer(body)
        if reservation?.grow(by: body.readableBytes) == true { return [] }
        isCollecting = false
        note = .notHeld
        reservation = nil
        let body = collected
        collected = ByteBuffer()
        return pass(body, hasConnection)
    }

    /// Receives the end of the body.
    mutating func end(trailers: HTTPHeaders?, hasConnection: Bool) -> [Piece] {
        guard isCollecting else { return pass(.end(trailers), hasConnection) }
        isCollecting = false
        self.trailers = trailers
        return rewritten().flatMap { pass($0, hasConnection) } + pass(.end(trailers), hasConnection)
    }

    /// The pieces that waited for the connection.
    mutating func takePending() -> [Piece] {
        pendingLength = 0
        defer { pending = [] }
        return pending
    }

    /// Puts the client's own request back in the place of the rewritten one, which was refused.
    mutating func restore() {
        head = own
        isRewritten = false
        pending = []
        let body = collected
        collected = ByteBuffer()
        _ = pass(body, false)
        _ = pass(.end(trailers), false)
    }

    /// Gives up the client's own body, which is not needed any more.
    mutating func settle() {
        collected = ByteBuffer()
        reservation = nil
    }

    /// The body to send, in parts of the client's own where that is possible.
    private mutating func rewritten() -> [ByteBuffer] {
        var rewriter = IncludeUsageRewriter()
        var output: [UInt8] = []
        output.reserveCapacity(collected.readableBytes + 64)
        collected.withUnsafeReadableBytes {
            rewriter.rewrite($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
        rewriter.finish(into: &output)
        model = IncludeUsage.model(rewriter.model, target: own.uri)
        // Options may stand before the member that tells that the body asks for no stream.
        guard rewriter.isStreamRequest, rewriter.isChanged else { return takeOwn() }
        guard !requests.isRefused(model) else {
            note = .refusedBefore
            return takeOwn()
        }
        isRewritten = true
        if !head.headers.contains(name: "transfer-encoding") {
            head.headers.replaceOrAdd(name: "Content-Length", value: String(output.count))
        }
        return parts(of: output)
    }

    private mutating func takeOwn() -> [ByteBuffer] {
        defer { collected = ByteBuffer() }
        return [collected]
    }

    /// The rewritten body as the client's bytes with what differs between them, so that it is in memory once.
    private func parts(of output: [UInt8]) -> [ByteBuffer] {
        collected.withUnsafeReadableBytes { bytes in
            let shorter = min(bytes.count, output.count)
            var prefix = 0
            while prefix < shorter, bytes[prefix] == output[prefix] { prefix += 1 }
            var suffix = 0
            while suffix < shorter - prefix, bytes[bytes.count - 1 - suffix] == output[output.count - 1 - suffix] {
                suffix += 1
            }
            let start = collected.readerIndex
            return [
                collected.getSlice(at: start, length: prefix),
                ByteBuffer(bytes: output[prefix..<output.count - suffix]),
                collected.getSlice(at: start + bytes.count - suffix, length: suffix),
            ].compactMap { $0 }
        }
    }

    private mutating func pass(_ body: ByteBuffer, _ hasConnection: Bool) -> [Piece] {
        body.readableBytes == 0 ? [] : pass(.body(body), hasConnection)
    }

    private mutating func pass(_ piece: Piece, _ hasConnection: Bool) -> [Piece] {
        if hasConnection { return [piece] }
        if case .body(let body) = piece { pendingLength += body.readableBytes }
        pending.append(piece)
        return []
    }
}
