import NIOCore

/// A part of a body: some bytes, a stretch of the answer's text, some more bytes.
///
/// In a stream a frame is one event.
struct Frame: Sendable {
    /// What comes before the text.
    var head: ByteBuffer
    /// The stretch of the text, empty if there is none.
    var text: Range<Int> = 0..<0
    /// What comes after the text.
    var tail = ByteBuffer()

    /// The number of bytes.
    var byteCount: Int {
        head.readableBytes + text.count + tail.readableBytes
    }
}
