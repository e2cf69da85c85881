import Foundation
import NIOCore
import NIOPosix

/// What the system knows of this process.
package enum ProcessReading {
    /// The resident bytes.
    package static var residentBytes: Int {
        let fields = text("/proc/self/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// How many files and sockets are open.
    package static var openFiles: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// The driving threads of transports that run.
    package static var drivingThreads: [String] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.filter { text("/proc/self/task/\($0)/comm") == "oai-usage-curl\n" }
    }

    /// The processor's ticks that a thread has had, each of which is 10 ms, and how often it has begun to wait.
    package static func work(of thread: String) -> (ticks: Int, waits: Int) {
        let fields = text("/proc/self/task/\(thread)/stat").split(separator: " ")
        let ticks = fields.count > 14 ? (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0) : 0
        let line = text("/proc/self/task/\(thread)/status").split(separator: "\n").first {
            $0.hasPrefix("voluntary_ctxt_switches:")
        }
        return (ticks, line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
    }

    /// Waits for something that nobody tells.
    package static func wait(for what: String, until isMet: () -> Bool) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        for _ in 0..<60_000 {
            if isMet() { return }
            try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
        }
        throw Watched<Int>.LimitError(what: what, state: "\(openFiles) files, threads \(drivingThreads)")
    }

    /// The text of a file that the system makes as it is read, which has no length; empty if there is none.
    package static func text(_ path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(file.fileDescriptor, &piece, piece.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece.prefix(count)
        }
    }
}
