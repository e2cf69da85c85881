import Synchronization

/// A body as a stream: a sequence of pieces of bytes, which are requested one at a time.
///
/// A body of bytes can be read any number of times. A body of a stream can be read once, unless it is replayable; a
/// second iteration throws ``TransportError/Code/bodyConsumed``.
public struct Body: AsyncSequence, Sendable {
    /// A piece of the body, which may be cut anywhere.
    public typealias Element = ArraySlice<UInt8>
    /// Any error of the transport.
    public typealias Failure = any Error

    private enum Storage: Sendable {
        case bytes([UInt8])
        case stream(any AsyncSequence<ArraySlice<UInt8>, any Error> & Sendable, SingleUse?)
    }

    /// Allows one iteration.
    private final class SingleUse: Sendable {
        private let isTaken = Atomic<Bool>(false)

        func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
    }

    /// Creates the observer of the one iteration that is observed.
    private final class Observation: Sendable {
        let passage = SingleUse()
        let observer: @Sendable () -> any BodyObserver

        init(_ observer: @escaping @Sendable () -> any BodyObserver) { self.observer = observer }
    }

    private let storage: Storage
    private let observation: Observation?
    /// The number of bytes; `nil` if it is not known before they are read.
    public let length: Int?

    /// Creates a body of bytes.
    public init(_ bytes: [UInt8] = []) {
        storage = .bytes(bytes)
        observation = nil
        length = bytes.count
    }

    /// Creates a body of a text, in UTF-8.
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Creates a body of a stream.
    ///
    /// - Parameters:
    ///   - stream: The pieces; none is requested before the body is read.
    ///   - length: The number of bytes; `nil` if it is not known.
    ///   - isReplayable: True if every iteration of the stream begins from the start.
    public init(
        _ stream: any AsyncSequence<ArraySlice<UInt8>, any Error> & Sendable,
        length: Int? = nil,
        isReplayable: Bool = false
    ) {
        storage = .stream(stream, isReplayable ? nil : SingleUse())
        observation = nil
        self.length = length
    }

    /// Creates a body that is observed while it is read, which is possible once.
    ///
    /// The observer is called where the pieces are returned, which saves another sequence around the body.
    ///
    /// - Parameters:
    ///   - base: The body.
    ///   - observer: Creates the observer when an iteration begins; it is released with the iterator.
    package init(_ base: Body, observer: @escaping @Sendable () -> any BodyObserver) {
        storage = base.observation == nil ? base.storage : .stream(base, nil)
        observation = Observation(observer)
        length = base.length
    }

    /// True if the body can be read again, as a retry requires.
    public var isReplayable: Bool {
        guard observation == nil else { return false }
        return switch storage {
        case .bytes, .stream(_, nil): true
        case .stream: false
        }
    }

    /// The bytes; `nil` for a body of a stream and for one that is observed.
    public var bytes: [UInt8]? {
        if case .bytes(let bytes) = storage, observation == nil { bytes } else { nil }
    }

    /// Reads the body to its end.
    ///
    /// - Parameter limit: The most bytes that are accepted.
    /// - Returns: The bytes.
    /// - Throws: ``TransportError/Code/bodyTooLarge`` beyond the limit, and any error of the stream, cancellation
    ///   included.
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

    /// Begins an iteration.
    public func makeAsyncIterator() -> AsyncIterator {
        if let observation, !observation.passage.take() { return AsyncIterator(.consumed, nil) }
        switch storage {
        case .bytes(let bytes):
            return AsyncIterator(.bytes(bytes.isEmpty ? nil : bytes[...]), observation?.observer())
        case .stream(let stream, let passage):
            guard passage?.take() != false else { return AsyncIterator(.consumed, nil) }
            return AsyncIterator(.stream(Self.iterator(of: stream)), observation?.observer())
        }
    }

    private static func iterator(
        of stream: some AsyncSequence<ArraySlice<UInt8>, any Error>
    ) -> any AsyncIteratorProtocol<ArraySlice<UInt8>, any Error> {
        stream.makeAsyncIterator()
    }

    /// An iterator over the pieces of a body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate enum Source {
            case bytes(ArraySlice<UInt8>?)
            case stream(any AsyncIteratorProtocol<ArraySlice<UInt8>, any Error>)
            case consumed
        }

        private var source: Source
        private let observer: (any BodyObserver)?

        fileprivate init(_ source: Source, _ observer: (any BodyObserver)?) {
            self.source = source
            self.observer = observer
        }

        /// The next piece, `nil` at the end; the stream handles cancellation.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> ArraySlice<UInt8>? {
            switch source {
            case .bytes(let bytes):
                source = .bytes(nil)
                if let bytes { observer?.receive(bytes) } else { observer?.end(nil) }
                return bytes
            case .stream(var iterator):
                source = .consumed
                do {
                    let piece = try await iterator.next(isolation: actor)
                    source = .stream(iterator)
                    if let piece { observer?.receive(piece) } else { observer?.end(nil) }
                    return piece
                } catch {
                    observer?.end(error)
                    throw error
                }
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
