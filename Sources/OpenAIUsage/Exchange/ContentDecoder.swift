/// An incremental decoder of a response's content coding, which the first bytes determine rather than the label.
///
/// Servers and proxies label plain bytes as compressed, and compress without a label. Up to three bytes are buffered to
/// decide, up to six if a coding is declared.
struct ContentDecoder: ~Copyable {
    private enum State {
        /// The bytes so far, which do not suffice to decide.
        case undecided([UInt8])
        case identity
        case coded
        /// Nothing is decoded: the coding is not supported, or the bytes violate it.
        case unreadable
    }

    private enum Decision {
        case identity, gzip, deflate, unreadable
    }

    private let label: Inflater.Reading
    private let isMedia: Bool
    private var state: State
    private var inflater: Inflater?
    /// True if the coding is not supported.
    private(set) var isCodingUnknown = false
    /// True if the bytes violate the coding.
    private(set) var isBroken = false

    /// Creates a decoder at the start of a body.
    ///
    /// - Parameters:
    ///   - contentEncoding: The coding that the head declares.
    ///   - contentType: The media type; audio, images and the like are not examined.
    init(_ contentEncoding: String?, contentType: String?) {
        label = Inflater.Coding.reading(contentEncoding)
        isMedia = BodySniffer.Hint(contentType: contentType) == .media
        state = .undecided([])
    }

    /// Decodes bytes and passes them on, piece by piece.
    mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ receive: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch state {
        case .identity: receive(bytes)
        case .coded: inflate(bytes, receive)
        case .unreadable: break
        case .undecided(let held): decide(held, bytes, isEnd: false, receive)
        }
    }

    /// Ends the body and passes on the bytes that were buffered to decide.
    mutating func finish(_ receive: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard case .undecided(let held) = state, !held.isEmpty else { return }
        decide(held, UnsafeBufferPointer(start: nil, count: 0), isEnd: true, receive)
    }

    private mutating func decide(
        _ held: [UInt8],
        _ bytes: UnsafeBufferPointer<UInt8>,
        isEnd: Bool,
        _ receive: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let decided =
            held.isEmpty
            ? decision(bytes, isEnd) : (held + bytes).withUnsafeBufferPointer { decision($0, isEnd) }
        switch decided {
        case nil:
            state = .undecided(held + bytes)
            return
        case .identity: state = .identity
        case .gzip:
            inflater = Inflater(.gzip)
            state = .coded
        case .deflate:
            inflater = Inflater(.deflate)
            state = .coded
        case .unreadable:
            isCodingUnknown = true
            state = .unreadable
        }
        if !held.isEmpty { held.withUnsafeBufferPointer { decode($0, receive) } }
        if !bytes.isEmpty { decode(bytes, receive) }
    }

    /// The decision; `nil` if more bytes are needed.
    private func decision(_ bytes: UnsafeBufferPointer<UInt8>, _ isEnd: Bool) -> Decision? {
        guard let first = bytes.first else { return nil }
        switch label {
        case .identity:
            // No text begins with the signature of gzip (RFC 1952, section 2.3.1) and its only method, 8.
            guard !isMedia, first == 0x1f else { return .identity }
            guard bytes.count >= 3 else { return isEnd ? .identity : nil }
            return bytes[1] == 0x8b && bytes[2] == 8 ? .gzip : .identity
        case .coded(.gzip): return first == 0x1f ? .gzip : text(bytes, isEnd).map { $0 ? .identity : .gzip }
        case .coded(.deflate): return text(bytes, isEnd).map { $0 ? .identity : .deflate }
        case .unknown: return text(bytes, isEnd).map { $0 ? .identity : .unreadable }
        }
    }

    /// True if the bytes begin an event stream or JSON; `nil` if more are needed.
    private func text(_ bytes: UnsafeBufferPointer<UInt8>, _ isEnd: Bool) -> Bool? {
        var sniffer = BodySniffer(.text)
        if let kind = sniffer.sniff(bytes) { return kind != .opaque }
        return isEnd || (sniffer.isBlank && bytes.count > BodySniffer.maximumHeldLength) ? false : nil
    }

    private mutating func inflate(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ receive: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard inflater?.inflate(bytes, into: receive) != true else { return }
        isBroken = true
        inflater = nil
        state = .unreadable
    }
}
