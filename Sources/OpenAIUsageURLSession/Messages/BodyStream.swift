import Dispatch
import Foundation
import OpenAIUsage

extension UploadPipe {
    /// A stream that reads the body from where it stands.
    func stream() -> InputStream? {
        BodyStream.make(read: { self.read(into: $0) }, close: { self.close() })
    }
}

extension InputStream {
    /// This stream, which is a request's body, with its bytes shown to an exchange as they are read.
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

/// A stream that a program has given a request.
///
/// SAFETY: it was handed over with its request, and one thread at a time reads it: whoever reads the stream made of it.
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
        // URLSession asks no stream that says that it has nothing.
        guard stream.hasBytesAvailable else { return 0 }
        return stream.read(start.assumingMemoryBound(to: UInt8.self), maxLength: room.count)
    }
}

#if canImport(FoundationNetworking)
/// A stream of what a closure reads, on the thread on which URLSession asks for it.
final class BodyStream: InputStream {
    private let source: @Sendable (UnsafeMutableRawBufferPointer) -> Int
    private var status = Stream.Status.notOpen

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - read: Fills a buffer; it returns the number of bytes, 0 at the end, -1 if the call has to end.
    ///   - close: Called when nobody reads any more, where the system tells it.
    /// - Returns: The stream, which is not open.
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

    /// True also where only a read could tell: URLSession takes a stream without bytes for one at its end.
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
/// A stream of what a closure reads, on a thread of its own: Apple's URLSession reads none but the system's streams.
///
/// SAFETY: the thread that copies is the only one that uses the output.
final class BodyStream: @unchecked Sendable {
    private static let bufferLength = 64 * 1024

    private let output: OutputStream

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - read: Fills a buffer; it returns the number of bytes, 0 at the end, -1 if the call has to end.
    ///   - close: Called when nobody reads any more.
    /// - Returns: The stream, which is not open.
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

    /// Copies until the end; false if nobody reads any more.
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
