/// The fields of `/proc/self/stat` (proc_pid_stat(5)) that are exposed.
struct ProcessStatistics: Sendable, Equatable {
    var cpuSeconds: Double
    var threads: Int64
    var startSecondsAfterBoot: Double
    var virtualBytes: Int64
    var residentBytes: Int64

    /// Creates the statistics from the line; `nil` if it does not follow the kernel's documentation.
    init?(stat: String, ticksPerSecond: Int, pageSize: Int) {
        // The second field is the program name in parentheses, which may contain blanks and parentheses.
        guard ticksPerSecond > 0, pageSize > 0, let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split { $0 == " " || $0 == "\n" }
        // The first element here is field 3 of the line.
        func field(_ number: Int) -> Int64? {
            fields.indices.contains(number - 3) ? Int64(fields[number - 3]) : nil
        }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let virtual = field(23), let pages = field(24)
        else { return nil }
        self.cpuSeconds = Double(user + system) / Double(ticksPerSecond)
        self.threads = threads
        self.startSecondsAfterBoot = Double(start) / Double(ticksPerSecond)
        self.virtualBytes = virtual
        self.residentBytes = pages * Int64(pageSize)
    }

    /// Returns the time of the system's boot, as Unix time, from the text of `/proc/stat`.
    static func bootTime(_ text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
            return Int64(line.dropFirst(6))
        }
        return nil
    }

    /// Returns the limit of open files from the text of `/proc/self/limits`; `nil` if there is none.
    static func maximumOpenFiles(_ text: String) -> Int64? {
        let title = "Max open files"
        for line in text.split(separator: "\n") where line.hasPrefix(title) {
            return line.dropFirst(title.count).split(separator: " ").first.flatMap { Int64($0) }
        }
        return nil
    }
}
