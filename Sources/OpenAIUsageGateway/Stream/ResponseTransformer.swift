import NIOCore
import OpenAIUsage

/// A response on its way to the client: as received, or without what the gateway's own request has added.
struct ResponseTransformer {
    /// The framing of the client's body.
    enum Framing: Equatable {
        /// The bytes with the framing in which they were received.
        case asReceived
        /// The content in chunks.
        case chunked
        /// The content, ended by the end of the connection.
        case untilClose
    }

    private(set) var head: ResponseHead?
    private(set) var isEventStream = false
    /// The client's framing, valid after ``decideFraming(isHTTP10:)``.
    private(set) var framing = Framing.asReceived
    private var transformer: IncludeUsageResponse?
    /// The bytes received during the inspection, and the content in them.
    private var held = HeldBytes()
    private var heldContent = HeldBytes()
    private var output: [UInt8] = []

    /// True if the content is rewritten.
    var isRewritten: Bool {
        switch transformer?.mode {
        case .stripping, .broken: true
        case .inspecting, .passing, .refused, nil: false
        }
    }

    /// True during the inspection, while nothing of the response may be sent.
    var isInspecting: Bool { transformer?.mode == .inspecting }
    /// True if the upstream rejects being asked for usage.
    var isRefusal: Bool { transformer?.mode == .refused }
    /// True if the content is not what it began as, so that it must not end as if it were complete.
    var isBroken: Bool { transformer?.mode == .broken }

    /// Starts with the head of the response.
    ///
    /// - Parameters:
    ///   - head: The upstream's response.
    ///   - strips: True if the gateway asked for usage although the client did not.
    mutating func begin(_ head: ResponseHead, strips: Bool) {
        self.head = head
        isEventStream = head.isLabeledEventStream
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

    /// Decides on the framing of the client's body.
    ///
    /// - Parameter isHTTP10: True if the client does not support chunks.
    mutating func decideFraming(isHTTP10: Bool) {
        guard let head, head.framing != .none else { return }
        switch (isRewritten, head.framing, isHTTP10) {
        case (true, _, false), (false, .untilClose, false): framing = .chunked
        case (true, _, true), (false, .chunked, true), (false, .untilClose, true): framing = .untilClose
        default: framing = .asReceived
        }
    }

    // MARK: - Inspection

    /// Buffers and inspects content.
    mutating func inspect(content bytes: ByteBuffer) {
        heldContent.append(bytes)
        bytes.withUnsafeReadableBytes {
            transformer?.receive($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
    }

    /// Buffers bytes as received.
    mutating func hold(_ bytes: ByteBuffer) { held.append(bytes) }

    /// Decides by its head about a stream without a byte.
    ///
    /// - Parameter isLate: True if the stream's head has waited for its first byte long enough.
    /// - Returns: True if the inspection is over.
    mutating func pause(isLate: Bool = false) -> Bool {
        guard isInspecting else { return false }
        transformer?.pause(isLate: isLate)
        return !isInspecting
    }

    /// Decides at the end of the body.
    mutating func finishInspection() { transformer?.finish(into: &output) }

    /// Ends the inspection of a response that was cut off: the buffered bytes are sent as received.
    mutating func abandonInspection() { transformer?.abandon() }

    /// Removes and returns the buffered bytes, as received.
    mutating func takeHeld() -> [ByteBuffer] {
        held.take().buffers
    }

    /// Removes and returns the buffered content.
    mutating func takeHeldContent() -> [ByteBuffer] {
        heldContent.take().buffers
    }

    /// Removes and returns the rewritten part of the buffered content; `nil` for none.
    mutating func takeOutput() -> ByteBuffer? {
        if isRewritten { isEventStream = true }
        defer { output = [] }
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }

    // MARK: - After the inspection

    /// Returns the part of the content to send to the client; `nil` for none.
    mutating func rewrite(_ content: ByteBuffer) -> ByteBuffer? {
        guard isRewritten else { return content }
        var output: [UInt8] = []
        output.reserveCapacity(content.readableBytes)
        content.withUnsafeReadableBytes {
            transformer?.receive($0.assumingMemoryBound(to: UInt8.self), into: &output)
        }
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }

    /// Returns the rest for the client at the end of the body; `nil` for none.
    mutating func finish() -> ByteBuffer? {
        guard isRewritten else { return nil }
        var output: [UInt8] = []
        transformer?.finish(into: &output)
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }
}
