import NIOCore
import NIOHTTP1
import OpenAIUsage

/// A response on its way to the client: as it came, or without what the gateway's own request has put in.
struct ResponseDownload {
    private(set) var head: HTTPResponseHead?
    private(set) var isEventStream = false
    private var remaining: Int?
    private var transformer: IncludeUsageResponse?
    /// The bytes that came before it was decided how the response leaves.
    private var held: [ByteBuffer] = []
    private var output: [UInt8] = []

    /// True if the body is changed.
    var isRewritten: Bool {
        switch transformer?.mode {
        case .stripping, .broken: true
        case .inspecting, .passing, .refused, nil: false
        }
    }

    /// True while it is not decided how the response leaves, and nothing of it may.
    var isInspecting: Bool { transformer?.mode == .inspecting }
    /// True if the upstream refuses to be asked for usage.
    var isRefusal: Bool { transformer?.mode == .refused }
    /// True if the body is not what it began as, and must not end as if it were whole.
    var isBroken: Bool { transformer?.mode == .broken }

    /// Begins with the head of the response.
    ///
    /// - Parameters:
    ///   - head: The upstream's response.
    ///   - request: The client's request.
    ///   - strips: True if the gateway asked for usage that the client did not ask for.
    mutating func begin(_ head: HTTPResponseHead, request: HTTPRequestHead, strips: Bool) {
        self.head = head
        let status = Int(head.status.code)
        let isBodiless = request.method == .HEAD || status == 204 || status == 304
        if !isBodiless { remaining = head.headers.first(name: "content-length").flatMap { Int($0) } }
        isEventStream = head.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") ?? false
        guard strips else { return }
        transformer = IncludeUsageResponse(
            status: status,
            contentType: head.headers.first(name: "content-type"),
            contentEncoding: head.headers.first(name: "content-encoding"),
            hasLength: head.headers.contains(name: "content-length"),
            isBodiless: isBodiless
        )
    }

    // MARK: - Before the decision

    /// Looks at bytes that are held.
    mutating func inspect(_ body: ByteBuffer) {
        held.append(body)
        body.withUnsafeReadableBytes {
            transformer?.receive($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
    }

    /// Decides by the labels about a stream that has no byte yet; true if nothing is to be held any more.
    mutating func pause() -> Bool {
        guard isInspecting else { return false }
        transformer?.pause()
        return !isInspecting
    }

    /// Decides at the end of the body.
    mutating func finishInspection() { transformer?.finish(into: &output) }

    /// Decides about a response that is cut off: what is held leaves as it came.
    mutating func abandonInspection() { transformer?.abandon() }

    /// The bytes that were held, as they came.
    mutating func takeHeld() -> [ByteBuffer] {
        defer { held = [] }
        return held
    }

    /// What leaves of the bytes that were held, if the body is changed.
    mutating func takeOutput() -> ByteBuffer? {
        if isRewritten, !isEventStream { isEventStream = true }
        defer { output = [] }
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }

    // MARK: - Behind the decision

    /// Counts bytes that came; true if they are the last of a body of known length.
    mutating func count(_ length: Int) -> Bool {
        guard let known = remaining else { return false }
        remaining = known - length
        return known - length <= 0
    }

    /// The part of the bytes that goes to the client now; `nil` for none.
    mutating func rewrite(_ body: ByteBuffer) -> ByteBuffer? {
        guard isRewritten else { return body }
        var output: [UInt8] = []
        output.reserveCapacity(body.readableBytes)
        body.withUnsafeReadableBytes {
            transformer?.receive($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }

    /// What is left for the client at the end.
    mutating func finish() -> ByteBuffer? {
        guard isRewritten else { return nil }
        var output: [UInt8] = []
        transformer?.finish(into: &output)
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }
}
