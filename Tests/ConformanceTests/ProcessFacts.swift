import Foundation
import NIOCore
import NIOPosix
import OpenAIUsageTestKit

/// What the system knows of this process.
enum ProcessFacts {
    /// The resident bytes.
    static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// How many files and sockets are open.
    static var openFiles: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }

    /// Waits for something that nobody tells.
    static func wait(for what: String, until isMet: () -> Bool) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        for _ in 0..<30_000 {
            if isMet() { return }
            try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
        }
        throw Watched<Int>.LimitError(what: what, state: "\(openFiles) files")
    }
}
