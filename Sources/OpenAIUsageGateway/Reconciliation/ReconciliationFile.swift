import Foundation
import NIOPosix
import OpenAIUsageMetrics
import Synchronization

/// The result of the last reconciliation beside a ledger, read again when its file has changed.
final class ReconciliationFile: Sendable {
    /// The state of a file by which a change is noticed: of its content, its permissions or its names.
    private struct Facts: Equatable {
        var number: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private struct State {
        /// The facts of the file that was read last, also if it was flawed; `nil` if there was none.
        var facts: Facts?
        var result: ReconciliationResult?
    }

    private let path: String
    private let tell: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Creates a reader that has read nothing.
    ///
    /// - Parameters:
    ///   - path: The path of the file, which need not exist.
    ///   - tell: Called with a sentence when a file cannot be used, once for each file.
    init(path: String, tell: @escaping @Sendable (String) -> Void) {
        self.path = path
        self.tell = tell
    }

    /// The result that was read last; `nil` if there is none.
    var latest: ReconciliationResult? { state.withLock { $0.result } }

    /// Reads the file if it has changed, on a thread that may block.
    func refresh() async {
        try? await NIOThreadPool.singleton.runIfActive { self.refreshBlocking() }
    }

    /// Reads the file if it has changed.
    ///
    /// A flawed file leaves the result before it, whose time tells its age. It is told once, since its facts are remembered.
    func refreshBlocking() {
        let flaw = state.withLock { state -> String? in
            var information = stat()
            guard stat(path, &information) == 0 else {
                state = State()
                return nil
            }
            let facts = Self.facts(information)
            guard facts != state.facts else { return nil }
            state.facts = facts
            do throws(ReconciliationResult.Flaw) {
                state.result = try ReconciliationResult(parsing: try text())
                return nil
            } catch {
                return "The reconciliation \(path) \(error). Run oai-usage reconcile again, or remove the file."
            }
        }
        if let flaw { tell(flaw) }
    }

    private func text() throws(ReconciliationResult.Flaw) -> String {
        // A pipe or a device must not hold the reader up, and a link could lead to the ledger: closing that here would drop the
        // locks of SQLite in this process.
        var entry = stat()
        if lstat(path, &entry) == 0, entry.st_mode & S_IFMT == S_IFREG, entry.st_nlink > 1 {
            throw ReconciliationResult.Flaw(description: "has another name, which could be the ledger's")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw ReconciliationResult.Flaw(description: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw ReconciliationResult.Flaw(description: "is not a file")
        }
        guard information.st_size <= ReconciliationResult.maximumSize else {
            throw ReconciliationResult.Flaw(
                description:
                    "has \(information.st_size) bytes, and \(ReconciliationResult.maximumSize) are read at most"
            )
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: ReconciliationResult.maximumSize + 1) else {
            throw ReconciliationResult.Flaw(description: "cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private static func facts(_ information: stat) -> Facts {
        #if canImport(Darwin)
        let time = information.st_ctimespec
        #else
        let time = information.st_ctim
        #endif
        return Facts(
            number: UInt64(information.st_ino),
            size: Int64(information.st_size),
            seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec)
        )
    }
}
