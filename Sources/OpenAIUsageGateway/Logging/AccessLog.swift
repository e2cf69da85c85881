import Dispatch
public import OpenAIUsage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A log with one line per call, written in batches on its own thread.
///
/// The queue of calls is bounded; calls beyond it, and lines that cannot be written, are lost and counted. A file is appended
/// to, and reopened by ``reopen()`` and after it was removed.
public final class AccessLog: UsageSink {
    /// A failure of the log.
    enum Trouble: Sendable, Equatable {
        /// Lines were lost because they came faster than they were written.
        case overflow(lines: Int)
        /// Lines were lost because the system refused to write them.
        case refused(lines: Int, reason: String)
        /// The file could not be reopened; the one that is open is still written.
        case notReopened(reason: String)
    }

    private struct State: Sendable {
        var records: [CallRecord] = []
        var lost = 0
        var onTrouble: (@Sendable (Trouble) -> Void)?
        var onLoss: (@Sendable (Int) -> Void)?
    }

    /// The state of the writing queue.
    private struct Output: Sendable {
        var descriptor: Int32
        /// True if the last write ended within a line.
        var isWithinLine = false
    }

    /// The number of bytes written at once.
    private static let batch = 256 << 10

    /// The path of the file; `nil` for the standard output.
    public let path: String?
    private let capacity: Int
    private let queue = DispatchQueue(label: "oai-usage.gateway.access")
    private let state = Mutex(State())
    private let output: Mutex<Output>

    /// Opens a log.
    ///
    /// - Parameters:
    ///   - path: The path of the file to append to; `nil` for the standard output.
    ///   - capacity: The maximum number of calls in the queue.
    /// - Throws: A ``GatewayError`` if the file cannot be opened.
    public init(path: String?, capacity: Int = 8_192) throws {
        self.path = path
        self.capacity = capacity
        guard let path else {
            output = Mutex(Output(descriptor: STDOUT_FILENO))
            return
        }
        let descriptor = Self.open(path)
        guard descriptor >= 0 else {
            throw GatewayError(
                code: .invalidConfiguration,
                message:
                    "The access log \(path) cannot be opened: \(Self.reason(errno)). Choose another with --access-log."
            )
        }
        output = Mutex(Output(descriptor: descriptor))
    }

    deinit {
        if path != nil { _ = close(output.withLock { $0.descriptor }) }
    }

    /// Sets the observer of failures, which is called on the log's own thread.
    func observeTrouble(_ observer: @escaping @Sendable (Trouble) -> Void) {
        state.withLock { $0.onTrouble = observer }
    }

    /// Sets the observer of lost lines, which is called at once with their number, on the log's own thread or that of the call.
    func observeLoss(_ observer: @escaping @Sendable (Int) -> Void) {
        state.withLock { $0.onLoss = observer }
    }

    /// Queues a call; never blocks.
    public func record(_ record: CallRecord) {
        let (isFirst, onLoss) = state.withLock { state in
            guard state.records.count < capacity else {
                state.lost += 1
                return (state.lost == 1, state.onLoss)
            }
            state.records.append(record)
            return (state.records.count == 1, nil)
        }
        onLoss?(1)
        if isFirst { queue.async { [self] in drain() } }
    }

    /// Reopens the file after the calls queued so far are written, because it may have been moved away.
    public func reopen() {
        queue.async { [self] in
            drain()
            openAgain()
        }
    }

    /// Waits until all calls queued so far are written, but not longer than a second.
    package func flush() {
        let written = DispatchSemaphore(value: 0)
        queue.async { [self] in
            drain()
            written.signal()
        }
        _ = written.wait(timeout: .now() + .seconds(1))
    }

    // MARK: - On the queue

    private func drain() {
        let (records, lost) = state.withLock { state in
            defer {
                state.records = []
                state.lost = 0
            }
            return (state.records, state.lost)
        }
        if !records.isEmpty {
            if isRemoved { openAgain() }
            write(records)
        }
        if lost > 0 { tell(.overflow(lines: lost)) }
    }

    private func write(_ records: [CallRecord]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(records.count * 400, Self.batch))
        for record in records {
            AccessLogLine.append(record, to: &bytes)
            guard bytes.count >= Self.batch else { continue }
            put(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        put(bytes)
    }

    /// Writes whole lines, and reports those that the system refused.
    private func put(_ bytes: [UInt8]) {
        let (done, code) = output.withLock { output in
            if output.isWithinLine {
                // The next line must not continue one that a full disk cut off.
                guard Self.put([UInt8(ascii: "\n")], output.descriptor) == 1 else { return (0, errno) }
                output.isWithinLine = false
            }
            let done = Self.put(bytes, output.descriptor)
            let code = errno
            output.isWithinLine = done > 0 && bytes[done - 1] != UInt8(ascii: "\n")
            return (done, code)
        }
        guard done < bytes.count else { return }
        let lines = bytes[done...].count { $0 == UInt8(ascii: "\n") }
        state.withLock { $0.onLoss }?(lines)
        tell(.refused(lines: lines, reason: Self.reason(code)))
    }

    private static func put(_ bytes: [UInt8], _ descriptor: Int32) -> Int {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = systemWrite(descriptor, rest.baseAddress, rest.count)
                if count > 0 { done += count } else if errno != EINTR { break }
            }
            return done
        }
    }

    /// True if the open file was removed.
    private var isRemoved: Bool {
        guard path != nil else { return false }
        var status = stat()
        return fstat(output.withLock { $0.descriptor }, &status) == 0 && status.st_nlink == 0
    }

    private func openAgain() {
        guard let path else { return }
        let descriptor = Self.open(path)
        guard descriptor >= 0 else { return tell(.notReopened(reason: Self.reason(errno))) }
        let old = output.withLock { output in
            defer { output = Output(descriptor: descriptor) }
            return output.descriptor
        }
        _ = close(old)
    }

    private func tell(_ trouble: Trouble) { state.withLock { $0.onTrouble }?(trouble) }

    private static func open(_ path: String) -> Int32 {
        // A pipe without a reader must not block the gateway's start.
        systemOpen(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK)
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o640) }

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
