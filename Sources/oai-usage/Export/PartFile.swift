import Dispatch
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file under a temporary name, which is removed if a signal ends the program, or by a later run if the program was killed.
///
/// It is locked while its program runs, so that others can tell it from a leftover.
final class PartFile {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    /// The age from which a file without a lock is a leftover, in seconds; a new file is locked within a moment.
    private static let leftoverAge = 60

    let path: String
    let descriptor: Int32
    private var sources: [any DispatchSourceSignal] = []

    /// Creates the file beside its place, and removes the leftovers of earlier runs; `nil` if it cannot be created, for the
    /// reason in `errno`.
    ///
    /// - Parameter place: The path that the file gets when it is whole.
    init?(besides place: String) {
        Self.removeLeftovers(of: place)
        path = "\(place).\(getpid()).part"
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return nil }
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        sources = Self.signals.compactMap { Self.remover(of: path, on: $0) }
    }

    /// Removes the temporary name.
    func remove() { _ = unlink(path) }

    /// Stops to watch for signals.
    func release() {
        for source in sources { source.cancel() }
        sources = []
    }

    /// Returns a source that removes a file and lets the signal end the program; `nil` if the signal is ignored, as by `nohup`.
    private static func remover(of path: String, on number: Int32) -> (any DispatchSourceSignal)? {
        let previous = signal(number, SIG_DFL)
        if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
            signal(number, SIG_IGN)
            return nil
        }
        #if canImport(Darwin)
        // There the source sees what the default action would end the program for.
        signal(number, SIG_IGN)
        #endif
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            _ = unlink(path)
            signal(number, SIG_DFL)
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, number)
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            raise(number)
            _exit(128 + number)
        }
        source.resume()
        return source
    }

    private static func removeLeftovers(of place: String) {
        let folder = (place as NSString).deletingLastPathComponent
        let start = (place as NSString).lastPathComponent + "."
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        for name in names where name.hasPrefix(start) && name.hasSuffix(".part") {
            let digits = name.dropFirst(start.count).dropLast(".part".count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { continue }
            let path = (folder as NSString).appendingPathComponent(name)
            let file = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
            guard file >= 0 else { continue }
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Darwin)
            let changed = status.st_mtimespec.tv_sec
            #else
            let changed = status.st_mtim.tv_sec
            #endif
            guard time(nil) - changed >= leftoverAge, flock(file, LOCK_EX | LOCK_NB) == 0 else { continue }
            _ = unlink(path)
        }
    }
}
