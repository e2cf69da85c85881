import Synchronization

/// A body that streams: a sequence of pieces of bytes, pulled one at a time.
///
/// A body of bytes can be read any number of times. A body of a stream can be read once, and a second iteration throws
/// ``TransportError/Code/bodyConsumed``, unless it says that it is replayable.
public struct Body: AsyncSequence, Sendable {
    /// A piece; pieces may be cut anywhere.
    public typealias Element = ArraySlice<UInt8>
    /// Any error of the transport.
    public typealias Failure = any Error

    private enum Storage: Sendable {
        case bytes([UInt8])
        case stream(any AsyncSequence<ArraySlice<UInt8>, any Error> & Sendable, Passage?)
    }

    /// Lets one iteration pass.
    private final class Passage: Sendable {
        private let isTaken = Atomic<Bool>(false)

        func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
    }

    private let storage: Storage
    /// The number of bytes, where it is known before they are read.
    public let length: Int?

    /// Creates a body of bytes.
    public init(_ bytes: [UInt8] = []) {
        storage = .bytes(bytes)
        length = bytes.count
    }

    /// Creates a body of a text, in UTF-8.
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Creates a body of a stream.
    ///
    /// - Parameters:
    ///   - stream: The pieces; nothing is pulled before the body is read.
    ///   - length: The number of bytes, if it is known.
    ///   - isReplayable: Whether the stream begins anew with every iteration.
    public init(
        _ stream: any AsyncSequence<ArraySlice<UInt8>, any Error> & Sendable,
        length: Int? = nil,
        isReplayable: Bool = false
    ) {
        storage = .stream(stream, isReplayable ? nil : Passage())
        self.length = length
    }

    /// Whether the body can be read again, as a retry has to.
    public var isReplayable: Bool {
        switch storage {
        case .bytes, .stream(_, nil): true
        case .stream: false
        }
    }

    /// The bytes, if they are all there already.
    public var bytes: [UInt8]? {
        if case .bytes(let bytes) = storage { bytes } else { nil }
    }

    /// Reads the body to its end.
    ///
    /// - Parameter limit: The most bytes that are taken.
    /// - Returns: The bytes.
    /// - Throws: ``TransportError/Code/bodyTooLarge`` beyond the limit, and whatever the stream throws; cancellation ends it.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self {
            guard bytes.count + piece.count <= limit else {
                throw TransportError(.bodyTooLarge, "The body is longer than \(limit) bytes; read it piece by piece.")
            }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator {
        switch storage {
        case .bytes(let bytes): AsyncIterator(.bytes(bytes.isEmpty ? nil : bytes[...]))
        case .stream(let stream, let passage):
            AsyncIterator(passage?.take() == false ? .consumed : .stream(Self.iterator(of: stream)))
        }
    }

    private static func iterator(
        of stream: some AsyncSequence<ArraySlice<UInt8>, any Error>
    ) -> any AsyncIteratorProtocol<ArraySlice<UInt8>, any Error> {
        stream.makeAsyncIterator()
    }

    /// Pulls one piece after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate enum Source {
            case bytes(ArraySlice<UInt8>?)
            case stream(any AsyncIteratorProtocol<ArraySlice<UInt8>, any Error>)
            case consumed
        }

        private var source: Source

        fileprivate init(_ source: Source) { self.source = source }

        /// The next piece, `nil` at the end; cancellation is the stream's own affair.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> ArraySlice<UInt8>? {
            switch source {
            case .bytes(let bytes):
                source = .bytes(nil)
                return bytes
            case .stream(var iterator):
                source = .consumed
                let piece = try await iterator.next(isolation: actor)
                source = .stream(iterator)
                return piece
            case .consumed:
                throw TransportError(
                    .bodyConsumed,
                    "The body was read already; a stream can be read once. Collect it to read it again."
                )
            }
        }

        /// The next piece, `nil` at the end.
        public mutating func next() async throws -> ArraySlice<UInt8>? {
            try await next(isolation: nil)
        }
    }
}

@available(*, unavailable)
extension Body.AsyncIterator: Sendable {}
