import NIOCore
import NIOHTTP1
import OpenAIUsage

/// A request on its way to the upstream: collected where it may have to be rewritten, else passed on piece by piece.
struct RequestUpload {
    /// A part of the request behind its head.
    enum Piece {
        case body(ByteBuffer)
        case end(HTTPHeaders?)
    }

    /// The most bytes that wait for a connection.
    static let pendingBound = 64 * 1024

    private(set) var head: HTTPRequestHead
    private(set) var isCollecting: Bool
    private var isComplete = false
    private var rewriter: IncludeUsageRewriter?
    private let bound: Int
    private var collected = ByteBuffer()
    private var pending: [Piece] = []
    private var pendingLength = 0

    init(head: HTTPRequestHead, endpoint: Endpoint, configuration: GatewayConfiguration) {
        self.head = head
        bound = configuration.rewriteBound
        let isJSON = head.headers.first(name: "content-type")?.lowercased().contains("json") ?? false
        let isCandidate =
            configuration.includesUsage && (endpoint.meter == .chat || endpoint.meter == .completions)
            && head.method == .POST && isJSON && !head.headers.contains(name: "content-encoding")
        rewriter = isCandidate ? IncludeUsageRewriter() : nil
        isCollecting = isCandidate
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > bound {
            beginStreaming()
        }
    }

    /// Whether the request was changed.
    var isRewritten: Bool { rewriter?.isChanged ?? false }

    /// Whether the request was changed, or may yet be.
    var mayBeRewritten: Bool { isRewritten || (rewriter != nil && !isComplete) }

    /// Whether no more bytes should be read until some have left.
    var isFull: Bool { pendingLength >= Self.pendingBound }

    /// Takes bytes of the body.
    ///
    /// - Returns: What is to be sent now; empty while it is kept.
    mutating func receive(_ body: ByteBuffer, hasConnection: Bool) -> [Piece] {
        guard isCollecting else { return pass(rewritten(body), hasConnection) }
        collected.writeImmutableBuffer(body)
        guard collected.readableBytes > bound else { return [] }
        beginStreaming()
        let body = collected
        collected = ByteBuffer()
        return pass(rewritten(body), hasConnection)
    }

    /// Takes the end of the body.
    mutating func end(trailers: HTTPHeaders?, hasConnection: Bool) -> [Piece] {
        var output: [UInt8] = []
        isComplete = true
        if isCollecting {
            isCollecting = false
            collected.withUnsafeReadableBytes {
                rewriter?.rewrite($0.assumingMemoryBound(to: UInt8.self), into: &output)
            }
            rewriter?.finish(into: &output)
            // Options may stand before the member that tells that the body asks for no stream.
            if rewriter?.isStreamRequest == false { rewriter = nil }
            if isRewritten {
                collected = ByteBuffer(bytes: output)
                if !head.headers.contains(name: "transfer-encoding") {
                    head.headers.replaceOrAdd(name: "Content-Length", value: String(output.count))
                }
            }
            let body = collected
            collected = ByteBuffer()
            return pass(body, hasConnection) + pass(.end(trailers), hasConnection)
        }
        rewriter?.finish(into: &output)
        return pass(ByteBuffer(bytes: output), hasConnection) + pass(.end(trailers), hasConnection)
    }

    /// What waited for the connection.
    mutating func takePending() -> [Piece] {
        pendingLength = 0
        defer { pending = [] }
        return pending
    }

    /// Gives up collecting: the length of what is sent is not known beforehand any more.
    private mutating func beginStreaming() {
        guard isCollecting else { return }
        isCollecting = false
        head.headers.remove(name: "content-length")
        head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
    }

    private mutating func rewritten(_ body: ByteBuffer) -> ByteBuffer {
        guard rewriter != nil else { return body }
        var output: [UInt8] = []
        output.reserveCapacity(body.readableBytes + 64)
        body.withUnsafeReadableBytes {
            rewriter?.rewrite($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
        return ByteBuffer(bytes: output)
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
