import NIOCore

/// The Close frames that a gateway at its end puts behind the frames of a WebSocket that is still open.
///
/// Both directions are followed, because a frame fits only between two others.
struct WebSocketCloseFrame {
    /// "Going away" (RFC 6455, section 7.4.1).
    private static let status: UInt16 = 1_001

    // In arrays, since few calls are tunnels and each would carry them.
    private var readers = [WebSocketFrameReader(from: .server), WebSocketFrameReader(from: .client)]

    /// Follows bytes that pass.
    mutating func pass(_ bytes: ByteBuffer, from sender: WebSocketFrameReader.Sender) {
        let reader = sender == .server ? 0 : 1
        bytes.withUnsafeReadableBytes { bytes in
            var index = 0
            while true {
                switch readers[reader].next(bytes, from: &index) {
                case .needsMore, .failed: return
                case .text, .other, .close: break
                }
            }
        }
    }

    /// The frame that says goodbye in the name of a side.
    ///
    /// - Parameter sender: The side whose frames it follows.
    /// - Returns: The frame; `nil` if the side has said goodbye itself, or the last frame that passed is not whole.
    func frame(from sender: WebSocketFrameReader.Sender) -> ByteBuffer? {
        let reader = readers[sender == .server ? 0 : 1]
        guard reader.isAtFrameStart, !reader.isClosed else { return nil }
        var frame = ByteBuffer(bytes: [0x88])
        switch sender {
        case .server:
            frame.writeInteger(UInt8(2))
            frame.writeInteger(Self.status)
        case .client:
            // The mask guards servers against a page's choice of bytes, and these are nobody's choice.
            let mask = UInt32.random(in: .min ... .max)
            frame.writeInteger(UInt8(0x82))
            frame.writeInteger(mask)
            frame.writeInteger(Self.status ^ UInt16(mask >> 16))
        }
        return frame
    }
}
