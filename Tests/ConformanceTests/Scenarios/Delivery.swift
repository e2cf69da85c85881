import Testing

/// How the bytes of a response are framed, and in which pieces they are written.
struct Delivery: Sendable, CustomTestStringConvertible {
    enum Framing: Sendable, Equatable {
        case length
        /// In chunks of a size.
        case chunked(Int)
        /// The end of the connection is the end of the body.
        case close
    }

    let name: String
    let framing: Framing
    /// The sizes of the writes, over and over; none for a single write.
    let sizes: [Int]

    var testDescription: String { name }

    static let whole = Delivery(name: "whole, with a length", framing: .length, sizes: [])
    static let chunked = Delivery(name: "whole, in one chunk", framing: .chunked(1 << 30), sizes: [])
    static let all = [
        whole, chunked, Delivery(name: "pieces of 1 KiB, with a length", framing: .length, sizes: [1_024]),
        Delivery(name: "chunks of 700 bytes, in odd pieces", framing: .chunked(700), sizes: [1, 7, 1_021, 113]),
        Delivery(name: "pieces of 333 bytes, until it closes", framing: .close, sizes: [333]),
    ]
    /// Those of a body that is not whole, which an end of the connection cannot tell.
    static let cut = all.filter { $0.framing != .close }

    func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        guard !sizes.isEmpty else { return [bytes] }
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + sizes[pieces.count % sizes.count])
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }
}
