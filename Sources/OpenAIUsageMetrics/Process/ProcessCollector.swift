#if os(Linux)
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process metrics, read from `/proc` on Linux.
///
/// Values that cannot be read are omitted.
enum ProcessCollector {
    static let descriptors: [MetricDescriptor] = [
        .counter("process_cpu_seconds", unit: "seconds", help: "CPU time of the process, user and system."),
        .gauge("process_open_fds", help: "Open file descriptors."),
        .gauge("process_max_fds", help: "The most file descriptors that the process may open."),
        .gauge("process_resident_memory_bytes", unit: "bytes", help: "Memory of the process that is in RAM."),
        .gauge("process_virtual_memory_bytes", unit: "bytes", help: "Address space of the process."),
        .gauge("process_threads", help: "Threads of the process."),
        .gauge("process_start_time_seconds", unit: "seconds", help: "When the process started, as Unix time."),
    ]

    @Sendable static func collect(_ collection: inout MetricsCollection) {
        if let line = text("/proc/self/stat"),
            let statistics = ProcessStatistics(
                stat: line,
                ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
                pageSize: sysconf(Int32(_SC_PAGESIZE))
            )
        {
            collection.set("process_cpu_seconds", .double(statistics.cpuSeconds))
            collection.set("process_resident_memory_bytes", .integer(statistics.residentBytes))
            collection.set("process_virtual_memory_bytes", .integer(statistics.virtualBytes))
            collection.set("process_threads", .integer(statistics.threads))
            if let boot = text("/proc/stat").flatMap(ProcessStatistics.bootTime) {
                collection.set(
                    "process_start_time_seconds",
                    .double(Double(boot) + statistics.startSecondsAfterBoot)
                )
            }
        }
        collection.set("process_open_fds", openDescriptors().map { .integer($0) })
        let limit = text("/proc/self/limits").flatMap(ProcessStatistics.maximumOpenFiles)
        collection.set("process_max_fds", limit.map { .integer($0) })
    }

    /// Reads a file in `/proc`, whose size is unknown in advance.
    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < 1 << 20 {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func openDescriptors() -> Int64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count: Int64 = 0
        while readdir(directory) != nil { count += 1 }
        // Excludes the entries "." and ".." and the directory's own descriptor.
        return max(0, count - 3)
    }
}
#endif
