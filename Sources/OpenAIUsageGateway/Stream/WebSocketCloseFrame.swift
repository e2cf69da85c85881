import NIOCore

/// The Close frames that a gateway sends on open WebSockets when it shuts down.
///
/// Both directions are tracked, because a frame fits only between two others.
struct WebSocketCloseFrame {
    /// "Going away" (RFC 6455, section 7.4.1).
    private static let status: UInt16 = 1_001

    // In arrays, because few calls are tunnels, and every call would carry the readers.
    private var readers = [WebSocketFrameReader(from: .server), WebSocketFrameReader(from: .client)]

    /// Tracks bytes that pass.
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

    /// Creates the Close frame in the name of a side.
    ///
    /// - Parameter sender: The side whose frames it follows.
    /// - Returns: The frame; `nil` if the side has sent its own Close frame, or its last frame is incomplete.
    func frame(from sender: WebSocketFrameReader.Sender) -> ByteBuffer? {
        let reader = readers[sender == .server ? 0 : 1]
        guard reader.isAtFrameStart, !reader.isClosed else { return nil }
        var frame = ByteBuffer(bytes: [0x88])
        switch sender {
        case .server:
            frame.writeInteger(UInt8(2))
            frame.writeInteger(Self.status)
        case .client:
            // The mask protects servers against bytes that a web page chooses; these are fixed.
            let mask = UInt32.random(in: .min ... .max)
            frame.writeInteger(UInt8(0x82))
            frame.writeInteger(mask)
            frame.writeInteger(Self.status ^ UInt16(mask >> 16))
        }
        return frame
    }
}
