import Dispatch
import Foundation
import OpenAIUsage

extension UploadPipe {
    /// Returns a stream that reads the body from its current position.
    func stream() -> InputStream? {
        BodyStream.make(read: { self.read(into: $0) }, close: { self.close() })
    }
}

extension InputStream {
    /// Returns a stream that reads this one, a request's body, and passes its bytes to an exchange as they are read.
    func observed(by exchange: Exchange) -> InputStream? {
        let base = ObservedStream(self)
        return BodyStream.make(
            read: { room in
                let count = base.read(into: room)
                if count > 0 { exchange.receive(requestBody: UnsafeRawBufferPointer(rebasing: room[..<count]).bytes) }
                return count
            },
            close: {}
        )
    }

    /// A stream whose reader gets an error.
    static var broken: InputStream? { BodyStream.make(read: { _ in -1 }, close: {}) }
}

/// A stream that a program has set as the body of a request.
///
/// SAFETY: it was handed over with its request, and only the reader of the stream made from it uses it, on one thread at a
/// time.
private final class ObservedStream: @unchecked Sendable {
    private let stream: InputStream
    private var isOpen = false

    init(_ stream: InputStream) { self.stream = stream }

    deinit { if isOpen { stream.close() } }

    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        if !isOpen {
            isOpen = true
            if stream.streamStatus == .notOpen { stream.open() }
        }
        guard let start = room.baseAddress else { return 0 }
        // URLSession does not read from a stream without available bytes.
        guard stream.hasBytesAvailable else { return 0 }
        return stream.read(start.assumingMemoryBound(to: UInt8.self), maxLength: room.count)
    }
}

#if canImport(FoundationNetworking)
/// A stream whose bytes come from a closure, which runs on the thread on which URLSession reads.
final class BodyStream: InputStream {
    private let source: @Sendable (UnsafeMutableRawBufferPointer) -> Int
    private var status = Stream.Status.notOpen

    /// Creates a stream.
    ///
    /// - Parameters:
    ///   - read: Fills a buffer. It returns the number of bytes, 0 at the end, or -1 if the call has to end.
    ///   - close: Never called: on Linux, Foundation does not tell that reading has stopped.
    /// - Returns: The stream, not yet open.
    static func make(
        read: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Int,
        close: @escaping @Sendable () -> Void
    ) -> InputStream? {
        BodyStream(read)
    }

    private init(_ source: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Int) {
        self.source = source
        super.init(data: Data())
    }

    override func open() { status = .open }
    override func close() { status = .closed }
    override var streamStatus: Stream.Status { status }
    override var streamError: (any Error)? { nil }

    /// True even where only a read could tell: URLSession takes a stream without available bytes for one at its end.
    override var hasBytesAvailable: Bool { status == .open }

    override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength length: Int) -> Int {
        guard status == .open else { return status == .atEnd ? 0 : -1 }
        let count = source(UnsafeMutableRawBufferPointer(start: buffer, count: length))
        if count == 0 { status = .atEnd }
        if count < 0 { status = .error }
        return count
    }
}
#else
/// A stream whose bytes come from a closure, which runs on a thread of its own: Apple's URLSession accepts only streams of
/// the system.
///
/// SAFETY: only the copying thread uses the output stream.
final class BodyStream: @unchecked Sendable {
    private static let bufferLength = 64 * 1024

    private let output: OutputStream

    /// Creates a stream.
    ///
    /// - Parameters:
    ///   - read: Fills a buffer. It returns the number of bytes, 0 at the end, or -1 if the call has to end.
    ///   - close: Called when reading has stopped before the end.
    /// - Returns: The stream, not yet open.
    static func make(
        read: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Int,
        close: @escaping @Sendable () -> Void
    ) -> InputStream? {
        var input: InputStream?
        var output: OutputStream?
        Stream.getBoundStreams(withBufferSize: bufferLength, inputStream: &input, outputStream: &output)
        guard let output else { return nil }
        let stream = BodyStream(output)
        DispatchQueue(label: "oai-usage.upload").async {
            if !stream.copy(read) { close() }
        }
        return input
    }

    private init(_ output: OutputStream) { self.output = output }

    /// Copies to the end; false if reading has stopped before.
    private func copy(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
        output.open()
        defer { output.close() }
        var room = [UInt8](repeating: 0, count: Self.bufferLength)
        while true {
            let count = room.withUnsafeMutableBytes { read($0) }
            guard count > 0 else { return true }
            var written = 0
            while written < count {
                let taken = room.withUnsafeBufferPointer { bytes in
                    bytes.baseAddress.map { output.write($0 + written, maxLength: count - written) } ?? -1
                }
                guard taken > 0 else { return false }
                written += taken
            }
        }
    }
}
#endif
