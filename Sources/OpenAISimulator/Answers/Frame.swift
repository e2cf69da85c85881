import NIOCore

/// A part of a body: bytes, a range of the answer's text, and more bytes.
///
/// In a stream a frame is one event.
struct Frame: Sendable {
    /// The bytes before the text.
    var head: ByteBuffer
    /// The range of the text; empty for none.
    var text: Range<Int> = 0..<0
    /// The bytes after the text.
    var tail = ByteBuffer()

    /// The total number of bytes.
    var byteCount: Int {
        head.readableBytes + text.count + tail.readableBytes
    }
}
