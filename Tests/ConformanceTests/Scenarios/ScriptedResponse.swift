/// A response of the upstream, and how it ends.
struct ScriptedResponse: Sendable {
    enum End: Sendable, Equatable {
        case isWhole
        /// The connection is closed before the body's end.
        case closes
        /// The connection is closed inside a chunk.
        case closesInChunk
        /// The connection is reset once the caller has read what there is.
        case resets
        /// Nothing more comes.
        case stalls
    }

    /// What precedes the head: interim responses.
    var preamble = ""
    var status = 200
    var fields: [(name: String, value: String)] = [("content-type", "application/json"), ("x-request-id", "req_1")]
    var body: [UInt8] = []
    var end = End.isWhole
    /// Whether the status forbids a body.
    var hasNoBody = false

    /// The fields that tell how the body is framed.
    func framingFields(_ delivery: Delivery) -> [(name: String, value: String)] {
        if hasNoBody { return [] }
        return switch delivery.framing {
        case .length: [("Content-Length", "\(end == .isWhole ? body.count : body.count + 100)")]
        case .close: [("Connection", "close")]
        case .chunked: [("Transfer-Encoding", "chunked")]
        }
    }

    /// The pieces that go over the wire, in order.
    func wire(_ delivery: Delivery) -> [[UInt8]] {
        var head = "\(preamble)HTTP/1.1 \(status) Status\r\n"
        for (name, value) in fields + framingFields(delivery) { head += "\(name): \(value)\r\n" }
        var bytes = hasNoBody ? [] : body
        if !hasNoBody, case .chunked(let size) = delivery.framing { bytes = chunks(of: size) }
        return delivery.cut(Array("\(head)\r\n".utf8) + bytes)
    }

    private func chunks(of size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        while start < body.count {
            let piece = body[start..<min(start + size, body.count)]
            start += piece.count
            let isOpen = start == body.count && end == .closesInChunk
            bytes += Array("\(String(piece.count + (isOpen ? 10 : 0), radix: 16))\r\n".utf8) + piece
            if !isOpen { bytes += [0x0d, 0x0a] }
        }
        return end == .isWhole ? bytes + Array("0\r\n\r\n".utf8) : bytes
    }
}
