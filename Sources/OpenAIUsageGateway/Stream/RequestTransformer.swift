import NIOCore
import OpenAIUsage

/// A request's body on its way to the upstream: buffered if it may have to be rewritten, else passed on as received.
///
/// The original of a rewritten body is kept until the response shows that the upstream has not rejected the addition. Sent
/// bytes are kept too, up to a limit, so that the request can be replayed if a pooled connection turns out to be closed.
struct RequestTransformer {
    /// The number of bytes waiting for a connection at which reading pauses.
    static let waitingBound = 64 << 10
    /// The most bytes of one request that are kept for a replay; all requests share the room for buffered bodies.
    static let replayBound = 256 << 10

    private static let signatureFields = FieldNameFilter(IncludeUsage.signatureFields)

    private let request: RequestHead
    private let path: String
    private let requests: UsageRequests
    /// True while the body is buffered to be inspected as a whole.
    private(set) var isCollecting = false
    /// True if the body was rewritten.
    private(set) var isRewritten = false
    /// The length of a rewritten body that has a `Content-Length`; `nil` for any other.
    private(set) var length: Int?
    /// The reason why the body was not rewritten, although it may ask for a stream without usage.
    private(set) var note: IncludeUsage.Note?
    /// The model by which rejections are remembered.
    private(set) var model: String?
    private var reservation: UsageRequests.Reservation?
    /// True if the reservation is for sent bytes, because the body is not collected.
    private var reservesSent = false
    /// The bytes as received, and the content in them.
    private var own = HeldBytes()
    private var content = HeldBytes()
    private var ready = HeldBytes()
    private var sent = HeldBytes()
    private var canReplay = true

    /// Creates a transformer for a request.
    ///
    /// - Parameters:
    ///   - request: The client's request.
    ///   - path: Its path and query.
    ///   - endpoint: Its endpoint.
    ///   - includesUsage: True if streams are made to report their usage.
    ///   - requests: The state that the gateway's calls share about asking for usage.
    init(request: RequestHead, path: String, endpoint: Endpoint, includesUsage: Bool, requests: UsageRequests) {
        self.request = request
        self.path = path
        self.requests = requests
        guard includesUsage, request.framing != .none else { return }
        let candidacy = IncludeUsage.candidacy(
            endpoint,
            isPost: request.method == .post,
            isMultipart: request.begins(.contentType, with: "multipart/"),
            isEncoded: request.present.contains(.contentEncoding)
        ) {
            Self.isSigned(request)
        }
        if candidacy == .signed { note = .signed }
        guard candidacy == .candidate else { return }
        var length: Int?
        if case .length(let count) = request.framing { length = count }
        reservation = requests.reservation(for: length)
        isCollecting = reservation != nil
        if !isCollecting { note = .notHeld }
    }

    /// True if a request is signed, so that its body must not change.
    private static func isSigned(_ request: RequestHead) -> Bool {
        let mayBeSigned = request.withBytes(0..<request.bytes.readableBytes) { bytes in
            bytes.baseAddress.map { base in
                request.fields.contains { $0.known == nil && signatureFields.mayContain(base, $0.name) }
            } ?? false
        }
        // Nearly no request is signed, and looking at single fields is slow.
        let hasPlainKey = !request.present.contains(.authorization) || request.begins(.authorization, with: "bearer ")
        guard mayBeSigned || !hasPlainKey else { return false }
        return IncludeUsage.isSigned {
            $0 == "authorization" ? request.string(.authorization) : mayBeSigned ? request.string(named: $0) : nil
        }
    }

    /// True if reading should pause until some bytes have been sent.
    var isFull: Bool { ready.count >= Self.waitingBound }

    /// Receives content, needed only for collected bodies in chunks: the content of others is the bytes themselves.
    mutating func receive(content bytes: ByteBuffer) {
        if isCollecting, request.framing == .chunked { content.append(bytes) }
    }

    /// Receives bytes with their framing.
    mutating func receive(_ bytes: ByteBuffer) {
        guard isCollecting else { return ready.append(bytes) }
        own.append(bytes)
        if reservation?.grow(by: bytes.readableBytes) == true { return }
        isCollecting = false
        note = .notHeld
        reservation = nil
        passOwn()
    }

    /// Receives the end of the body.
    ///
    /// - Parameter trailers: The field lines of the trailer section, if the body is chunked.
    mutating func end(trailers: ByteBuffer?) {
        guard isCollecting else { return }
        isCollecting = false
        rewrite(trailers)
    }

    /// Returns the bytes to send; ``rewind()`` makes them available again.
    mutating func take() -> [ByteBuffer] {
        guard !ready.isEmpty else { return [] }
        let taken = ready.take()
        if canReplay {
            canReplay = sent.count + taken.count <= Self.replayBound && hasRoom(for: taken)
            if canReplay {
                sent.append(taken)
            } else {
                sent = HeldBytes()
                if reservesSent { reservation = nil }
            }
        }
        return taken.buffers
    }

    /// Reserves room for sent bytes; a collected body has its room already.
    private mutating func hasRoom(for bytes: HeldBytes) -> Bool {
        if reservation == nil {
            reservation = requests.reservation(for: nil)
            reservesSent = true
        }
        return !reservesSent || reservation?.grow(by: bytes.count) == true
    }

    /// Makes the sent bytes available for a replay; false if they were not kept.
    mutating func rewind() -> Bool {
        guard canReplay else { return false }
        if reservesSent {
            // The room is reserved again when the bytes are sent again.
            reservation = nil
            reservesSent = false
        }
        let rest = ready.take()
        ready = sent.take()
        ready.append(rest)
        return true
    }

    /// Restores the client's own body in place of the rewritten one, which was rejected.
    mutating func restore() {
        isRewritten = false
        length = nil
        ready = HeldBytes()
        sent = HeldBytes()
        canReplay = true
        passOwn()
    }

    /// Discards what a retry would need, because a response has begun.
    mutating func settle() {
        own = HeldBytes()
        content = HeldBytes()
        sent = HeldBytes()
        canReplay = false
        if !isCollecting { reservation = nil }
    }

    private mutating func passOwn() {
        ready.append(own.take())
        content = HeldBytes()
    }

    // MARK: - Rewriting

    /// False if a body has no member `stream`, as most that ask for no stream: a search is faster than parsing.
    private static func mayAskForStream(_ content: [ByteBuffer]) -> Bool {
        // A name may be split between buffers, or written with escapes.
        guard content.count == 1 else { return !content.isEmpty }
        return content[0].withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return contains(base, bytes.count, "stream") || contains(base, bytes.count, "\\u")
        }
    }

    private static func contains(_ base: UnsafeRawPointer, _ count: Int, _ part: StaticString) -> Bool {
        let end = count - part.utf8CodeUnitCount + 1
        var start = 0
        search: while start < end, let place = Octets.first(part.utf8Start[0], base, start, end) {
            start = place + 1
            for index in 1..<part.utf8CodeUnitCount where Octets.byte(base, place + index) != part.utf8Start[index] {
                continue search
            }
            return true
        }
        return false
    }

    private mutating func rewrite(_ trailers: ByteBuffer?) {
        let isChunked = request.framing == .chunked
        let content = (isChunked ? self.content : own).buffers
        guard Self.mayAskForStream(content) else { return passOwn() }
        var rewriter = IncludeUsageRewriter()
        var output: [UInt8] = []
        output.reserveCapacity(content.reduce(64) { $0 + $1.readableBytes })
        for bytes in content {
            bytes.withUnsafeReadableBytes { rewriter.rewrite($0.assumingMemoryBound(to: UInt8.self), into: &output) }
        }
        rewriter.finish(into: &output)
        model = IncludeUsage.model(rewriter.model, target: path)
        // The options may precede a `stream` that is false.
        guard rewriter.isStreamRequest, rewriter.isChanged else { return passOwn() }
        guard !requests.isRefused(model) else {
            note = .refusedBefore
            return passOwn()
        }
        isRewritten = true
        if isChunked {
            ready.append(ByteBuffer(string: String(output.count, radix: 16) + "\r\n"))
        } else {
            length = output.count
        }
        for part in Self.parts(of: output, content) { ready.append(part) }
        self.content = HeldBytes()
        guard isChunked else { return }
        ready.append(ByteBuffer(string: "\r\n0\r\n"))
        if let trailers { ready.append(trailers) }
        ready.append(ByteBuffer(string: "\r\n"))
    }

    /// Returns the rewritten body as slices of the client's bytes around the part that differs, so that it is in memory once.
    private static func parts(of output: [UInt8], _ content: [ByteBuffer]) -> [ByteBuffer] {
        let length = content.reduce(0) { $0 + $1.readableBytes }
        let shorter = min(length, output.count)
        var prefix = 0
        search: for bytes in content {
            for byte in bytes.readableBytesView {
                guard prefix < shorter, output[prefix] == byte else { break search }
                prefix += 1
            }
        }
        var suffix = 0
        search: for bytes in content.reversed() {
            for byte in bytes.readableBytesView.reversed() {
                guard suffix < shorter - prefix, output[output.count - 1 - suffix] == byte else { break search }
                suffix += 1
            }
        }
        let middle = ByteBuffer(bytes: output[prefix..<output.count - suffix])
        return slices(content, 0..<prefix) + [middle] + slices(content, length - suffix..<length)
    }

    /// Returns a range of bytes that spans several buffers.
    private static func slices(_ buffers: [ByteBuffer], _ range: Range<Int>) -> [ByteBuffer] {
        var start = 0
        var result: [ByteBuffer] = []
        for bytes in buffers {
            let here = range.clamped(to: start..<start + bytes.readableBytes)
            if !here.isEmpty,
                let slice = bytes.getSlice(at: bytes.readerIndex + here.lowerBound - start, length: here.count)
            {
                result.append(slice)
            }
            start += bytes.readableBytes
        }
        return result
    }
}
