import Foundation
import OpenAIUsage

/// The file that keeps the provider's answers.
///
/// Several commands may add to it at once: each one reads it again under a lock, and appends what is new in one write.
struct ProviderHistoryFile {
    var path: String
    /// The period of which buckets are read.
    var period: ReconcilePeriod
    /// The time in seconds since 1970.
    var now: Int64

    /// Reads the history; an empty one if there is no file.
    ///
    /// - Throws: A ``CommandFailure`` for a file that cannot be read.
    func read() throws -> ProviderHistory {
        // A pipe must not be waited for.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return ProviderHistory() }
            throw failure(errno)
        }
        defer { close(descriptor) }
        return try content(descriptor).history
    }

    /// Adds answers to the history of the file, and to the file what is new.
    ///
    /// - Parameter buckets: The answers.
    /// - Returns: The history with them.
    /// - Throws: A ``CommandFailure``; the file is as it was.
    func add(_ buckets: [ProviderBucket]) throws -> ProviderHistory {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 { guard errno == EINTR else { throw failure(errno) } }
        let found = try content(descriptor)
        var history = found.history
        var lines: [ProviderHistory.Line] = []
        for bucket in buckets {
            guard let line = history.add(bucket) else { continue }
            let index = lines.count - 1
            if index < 0 || !lines[index].append(line) { lines.append(line) }
        }
        guard !lines.isEmpty else { return history }
        // A line that a crash cut off stays a line of its own.
        let text = (found.isCut ? "\n" : "") + lines.map(\.text).joined(separator: "\n") + "\n"
        do {
            try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
        } catch {
            ftruncate(descriptor, off_t(found.size))
            throw CommandFailure("The provider's answers cannot be kept in \(path): \(ErrorMessage.explained(error))")
        }
        return history
    }

    private func content(_ descriptor: Int32) throws -> (history: ProviderHistory, size: Int, isCut: Bool) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failure(errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(
                "\(path) is not a file, so that the provider's answers cannot be kept in it; name one with --history."
            )
        }
        let data: Data
        do {
            data = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
        } catch {
            throw CommandFailure("\(path) cannot be read: \(ErrorMessage.explained(error))")
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        return (ProviderHistory(lines, of: period, now: now), data.count, !data.isEmpty && data.last != 0x0a)
    }

    private func failure(_ number: Int32) -> CommandFailure {
        let reason = String(cString: strerror(number)).lowercased()
        return CommandFailure(
            "The provider's answers cannot be kept in \(path): \(reason). See its permissions, or name another file with --history."
        )
    }
}
