import CZlib

/// An incremental decoder of the content codings `gzip` and `deflate`, built on zlib.
///
/// Its memory is constant for a body of any size: zlib's window and one output buffer.
package struct Inflater: ~Copyable {
    /// The content coding of a body.
    package enum Coding: Sendable {
        /// RFC 1952.
        case gzip
        /// RFC 1950, or the raw RFC 1951 that some servers send under the same name.
        case deflate

        /// The content coding that a `content-encoding` field names.
        package static func reading(_ field: String?) -> Reading {
            guard let field else { return .identity }
            let codings = field.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
                .filter { $0 != "identity" }
            switch codings.first {
            case nil: return .identity
            case "gzip" where codings.count == 1, "x-gzip" where codings.count == 1: return .coded(.gzip)
            case "deflate" where codings.count == 1: return .coded(.deflate)
            default: return .unknown
            }
        }
    }

    /// The content coding that a `content-encoding` field names.
    package enum Reading: Sendable {
        /// No coding.
        case identity
        /// A supported coding.
        case coded(Coding)
        /// An unsupported coding, or several of them.
        case unknown
    }

    /// The most bytes that are delivered at once.
    package static let pieceLength = 32 * 1024
    /// The most bytes that one body may inflate to; more are an error.
    package static let maximumLength: Int64 = 8 << 30
    /// The most bytes of output per byte of input once ``freeLength`` is exceeded; zlib reaches 1032.
    package static let maximumRatio: Int64 = 400
    /// The bytes that any body may inflate to, at any ratio.
    package static let freeLength: Int64 = 64 << 20
    /// The most bytes that are passed to zlib at once, which counts them in 32 bits.
    private static let maximumInput = 1 << 30

    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutablePointer<UInt8>
    private var consumed: Int64 = 0
    private var produced: Int64 = 0
    private let coding: Coding
    private var isFirst = true
    private var isStarted: Bool
    private var isBroken = false
    /// True if the end of the encoded body was reached.
    package private(set) var isFinished = false

    /// Creates a decoder.
    package init(_ coding: Coding) {
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(capacity: Self.pieceLength)
        // Adding 32 lets zlib distinguish gzip and zlib by the header.
        isStarted = czlib_inflate_init(stream, 15 + 32) == Z_OK
    }

    deinit {
        if isStarted { inflateEnd(stream) }
        stream.deallocate()
        output.deallocate()
    }

    /// Decodes bytes and passes the result on, piece by piece.
    ///
    /// - Returns: False if the bytes violate the coding or inflate too far; nothing more is decoded from then on.
    package mutating func inflate(
        _ bytes: UnsafeBufferPointer<UInt8>,
        into receive: (UnsafeBufferPointer<UInt8>) -> Void
    ) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty, !isBroken {
            isBroken = !inflate(piece: UnsafeBufferPointer(rebasing: rest.prefix(Self.maximumInput)), into: receive)
            rest = rest.dropFirst(Self.maximumInput)
        }
        return !isBroken
    }

    private mutating func inflate(
        piece bytes: UnsafeBufferPointer<UInt8>,
        into receive: (UnsafeBufferPointer<UInt8>) -> Void
    ) -> Bool {
        guard isStarted, let base = bytes.baseAddress else { return false }
        if isFirst, coding == .deflate {
            isFirst = false
            // The low nibble of a zlib header is the compression method, 8 (RFC 1950, section 2.2).
            if base[0] & 0x0f != 8 { restart(windowBits: -15) }
        }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: base)
        stream.pointee.avail_in = UInt32(bytes.count)
        while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
            if isFinished {
                // Another member of a gzip body may follow, or padding, which is ignored.
                guard coding == .gzip, stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0x1f,
                    inflateReset(stream) == Z_OK
                else { return true }
                isFinished = false
            }
            stream.pointee.next_out = output
            stream.pointee.avail_out = UInt32(Self.pieceLength)
            let available = stream.pointee.avail_in
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            let length = Self.pieceLength - Int(stream.pointee.avail_out)
            consumed += Int64(available - stream.pointee.avail_in)
            produced += Int64(length)
            if length > 0 { receive(UnsafeBufferPointer(start: output, count: length)) }
            switch status {
            case Z_STREAM_END: isFinished = true
            case Z_OK: break
            case Z_BUF_ERROR: return true
            default: return false
            }
            if isBomb { return false }
        }
        return true
    }

    /// True if more was produced than any legitimate body contains.
    private var isBomb: Bool {
        produced > Self.maximumLength || (produced > Self.freeLength && produced / Self.maximumRatio > consumed)
    }

    private mutating func restart(windowBits: Int32) {
        if isStarted { inflateEnd(stream) }
        stream.pointee = z_stream()
        isStarted = czlib_inflate_init(stream, windowBits) == Z_OK
    }
}
