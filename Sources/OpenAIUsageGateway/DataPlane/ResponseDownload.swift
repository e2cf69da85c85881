import NIOCore
import NIOHTTP1
import OpenAIUsage

/// A response on its way to the client: as it came, or without what the gateway's own request has put in.
struct ResponseDownload {
    private(set) var head: HTTPResponseHead?
    private(set) var isEventStream = false
    /// Whether the body is changed.
    private(set) var isRewritten = false
    /// Whether an interim row was written.
    var hasOpenRow = false
    private var remaining: Int?
    private var stripper: UsageStripper?
    private var decoder: BodyDecoder?

    /// Takes the head of the response.
    ///
    /// - Parameters:
    ///   - head: The upstream's response.
    ///   - request: The client's request.
    ///   - strips: Whether the gateway asked for usage that the client did not ask for.
    mutating func begin(_ head: HTTPResponseHead, request: HTTPRequestHead, strips: Bool) {
        self.head = head
        let status = Int(head.status.code)
        if request.method != .HEAD, status != 204, status != 304 {
            remaining = head.headers.first(name: "content-length").flatMap { Int($0) }
        }
        isEventStream = head.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") ?? false
        guard strips, isEventStream, (200..<300).contains(status) else { return }
        switch head.headers.first(name: "content-encoding")?.lowercased() {
        case nil, "", "identity": break
        case "gzip", "x-gzip": decoder = BodyDecoder(.gzip)
        case "deflate": decoder = BodyDecoder(.deflate)
        // What cannot be read cannot be changed.
        default: return
        }
        isRewritten = true
        stripper = UsageStripper()
    }

    /// Takes it that bytes came; true if they are the last of a body of known length.
    mutating func count(_ length: Int) -> Bool {
        guard let known = remaining else { return false }
        remaining = known - length
        return known - length <= 0
    }

    /// What of the bytes goes to the client now; `nil` for none.
    mutating func rewrite(_ body: ByteBuffer) -> ByteBuffer? {
        guard stripper != nil else { return body }
        var output: [UInt8] = []
        output.reserveCapacity(body.readableBytes)
        if let decoder {
            decoder.decode(body) { stripper?.strip($0, into: &output) }
        } else {
            body.withUnsafeReadableBytes { stripper?.strip($0.assumingMemoryBound(to: UInt8.self), into: &output) }
        }
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }

    /// What is left for the client at the end.
    mutating func finish() -> ByteBuffer? {
        var output: [UInt8] = []
        stripper?.finish(into: &output)
        return output.isEmpty ? nil : ByteBuffer(bytes: output)
    }
}

/// An inflater that a copyable value can hold.
final class BodyDecoder {
    private var inflater: Inflater

    init(_ coding: Inflater.Coding) {
        inflater = Inflater(coding)
    }

    func decode(_ body: ByteBuffer, into receive: (UnsafeBufferPointer<UInt8>) -> Void) {
        body.withUnsafeReadableBytes {
            _ = inflater.inflate($0.assumingMemoryBound(to: UInt8.self), into: receive)
        }
    }
}
