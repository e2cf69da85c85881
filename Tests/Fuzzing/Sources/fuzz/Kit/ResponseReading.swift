import NIOCore

@testable import OpenAIUsageGateway

/// What a client has read of its response, by the parsers of the wire.
struct ResponseReading {
    private var parser = ResponseParser()
    private var buffer = ByteBuffer()
    private var body = BodyReader(.none, of: .response)
    private var search = TextSearch("[DONE]\n\n")
    /// The statuses of interim responses.
    private(set) var interim: [Int] = []
    private(set) var head: ResponseHead?
    private(set) var content: [UInt8] = []
    /// The body as it came, with its framing.
    private(set) var raw: [UInt8] = []
    private(set) var isWhole = false
    /// True if the event that ends a stream has come.
    private(set) var isTerminated = false
    private(set) var fault: WireError?

    mutating func receive(_ bytes: ByteBuffer, _ method: RequestMethod) {
        buffer.writeImmutableBuffer(bytes)
        while head == nil {
            switch parser.parse(&buffer, answering: method) {
            case .needsMore: return
            case .failed(let error):
                fault = error
                return
            case .head(let head):
                if head.isInterim {
                    interim.append(head.status)
                } else {
                    self.head = head
                    body = BodyReader(head.framing, of: .response)
                }
            }
        }
        guard head?.switchesProtocols != true else { return }
        var index = 0
        buffer.withUnsafeReadableBytes { bytes in
            while true {
                let start = index
                switch body.next(bytes, from: &index) {
                case .payload(let range):
                    content.append(contentsOf: bytes[range])
                    if search.finds(in: UnsafeRawBufferPointer(rebasing: bytes[range])) { isTerminated = true }
                case .framing, .trailers: break
                case .end:
                    isWhole = true
                    if index < bytes.count { fault = .response("bytes behind the response") }
                    return
                case .needsMore: return
                case .failed(let error):
                    fault = error
                    return
                }
                raw.append(contentsOf: bytes[start..<index])
            }
        }
        buffer.moveReaderIndex(forwardBy: index)
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    }
}
