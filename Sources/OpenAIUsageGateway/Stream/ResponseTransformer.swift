import NIOCore
import OpenAIUsage

/// A response on its way to the client: as it came, or without what the gateway's own request has put in.
struct ResponseTransformer {
    /// The framing of the body that the client gets.
    enum Framing: Equatable {
        /// The bytes pass with the framing that they came in.
        case asReceived
        /// The content is put into chunks.
        case chunked
        /// The content is sent, and its end is that of the connection.
        case untilClose
    }

    private(set) var head: ResponseHead?
    private(set) var isEventStream = false
    /// The framing, as soon as it is decided how the response leaves.
    private(set) var framing = Framing.asReceived
    private var transformer: IncludeUsageResponse?
    /// What came before it was decided how the response leaves: the bytes as they came, and the content in them.
    private var held = HeldBytes()
    private var heldContent = HeldBytes()
    private var output: [UInt8] = []

    /// True if the content is changed.
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
    /// True if the content is not what it began as, and must not end as if it were whole.
    var isBroken: Bool { transformer?.mode == .broken }

    /// Begins with the head of the response.
    ///
    /// - Parameters:
    ///   - head: The upstream's response.
    ///   - strips: True if the gateway asked for usage that the client did not ask for.
    mutating func begin(_ head: ResponseHead, strips: Bool) {
        self.head = head
        isEventStream = head.isLabelledEventStream
        guard strips else { return }
        let type = head.string(.contentType)
        transformer = IncludeUsageResponse(
            status: head.status,
            contentType: type,
            contentEncoding: head.string(.contentEncoding),
            hasLength: head.present.contains(.contentLength),
            isBodiless: head.framing == .none
        )
    }

    /// Decides how the client is told the end of the body.
    ///
    /// - Parameter isHTTP10: True if the client does not know chunks.
    mutating func decideFraming(isHTTP10: Bool) {
        guard let head, head.framing != .none else { return }
        switch (isRewritten, head.framing, isHTTP10) {
        case (true, _, false), (false, .untilClose, false): framing = .chunked
        case (true, _, true), (false, .chunked, true), (false, .untilClose, true): framing = .untilClose
        default: framing = .asReceived
        }
    }

    // MARK: - Before the decision

    /// Looks at content that is held.
    mutating func inspect(content bytes: ByteBuffer) {
        heldContent.append(bytes)
        bytes.withUnsafeReadableBytes {
            transformer?.receive($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
    }

    /// Holds bytes as they came.
    mutating func hold(_ bytes: ByteBuffer) { held.append(bytes) }

    /// Decides by the labels about a stream that has no byte yet.
    ///
    /// - Parameter isLate: True if the stream's head has waited for its first byte long enough.
    /// - Returns: True if nothing is to be held any more.
    mutating func pause(isLate: Bool = false) -> Bool {
        guard isInspecting else { return false }
        transformer?.pause(isLate: isLate)
        return !isInspecting
    }

    /// Decides at the end of the body.
    mutating func finishInspection() { transformer?.finish(into: &output) }

    /// Decides about a response that is cut off: what is held leaves as it came.
    mutating func abandonInspection() { transformer?.abandon() }

    /// The bytes that were held, as they came.
    mutating func takeHeld() -> [ByteBuffer] {
        held.take().buffers
    }

    /// The content that was held.
    mutating func takeHeldContent() -> [ByteBuffer] {
        heldContent.take().buffers
    }

    /// What leaves of the content that was held, if it is changed.
    mutating func takeOutput() -> ByteBuffer? {
        if isRewritten { isEventStream = true }
        defer { output = [] }
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }

    // MARK: - Behind the decision

    /// The part of the content that goes to the client now; `nil` for none.
    mutating func rewrite(_ content: ByteBuffer) -> ByteBuffer? {
        guard isRewritten else { return content }
        var output: [UInt8] = []
        output.reserveCapacity(content.readableBytes)
        content.withUnsafeReadableBytes {
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
