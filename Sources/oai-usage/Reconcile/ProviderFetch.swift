import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Fetches what has not settled, and keeps it.
struct ProviderFetch {
    var client: ProviderClient
    var width: ProviderWidth
    /// The time of settling in seconds.
    var settling: Int64
    /// True to ask for settled days, too.
    var refreshes: Bool
    /// The file of the history; `nil` to keep none.
    var path: String?
    /// The folder in which answers are saved; `nil` to save none.
    var folder: String?
    private(set) var history = ProviderHistory()
    private(set) var keys: [String: String] = [:]
    private var saved = 0

    /// The kinds that are asked for.
    static let kinds = ProviderKind.allCases.filter { $0 != .vectorStores }

    init(_ client: ProviderClient, width: ProviderWidth, _ options: ProviderOptions, history path: String?) throws {
        self.client = client
        self.width = width
        settling = options.settle.milliseconds / 1_000
        refreshes = options.refresh
        self.path = path
        folder = options.save
        if let path, let data = FileManager.default.contents(atPath: path) {
            history = ProviderHistory(String(decoding: data, as: UTF8.self).split(separator: "\n"))
        }
        if let folder = options.save {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw CommandFailure("The folder \(folder) of --save cannot be made: \(ErrorMessage.explained(error))")
            }
        }
    }

    /// Fetches the buckets of a period.
    ///
    /// - Parameters:
    ///   - period: The period.
    ///   - now: The time in seconds since 1970.
    ///   - wantsKeys: True to fetch the keys of the projects, too.
    /// - Throws: A ``CommandFailure``.
    mutating func run(_ period: ReconcilePeriod, now: Int64, wantsKeys: Bool) async throws {
        let progress = WorkProgress("Asking", "Asked", "kinds of usage and costs")
        var lines: [ProviderHistory.Line] = []
        for (number, kind) in Self.kinds.enumerated() {
            progress.show(Int64(number), Int64(Self.kinds.count))
            let width: ProviderWidth = kind == .costs ? .day : width
            let known = history
            let (settling, refreshes) = (settling, refreshes)
            let stretches = period.unsettled(width: width.seconds) { start in
                let key = ProviderHistory.Key(kind: kind, start: start, end: start + width.seconds)
                return !refreshes && known.isSettled(key, settling: settling)
            }
            for stretch in stretches {
                // The API rejects an end in the future.
                let end = min(stretch.to, now)
                guard stretch.from < end else { continue }
                let buckets = try await client.buckets(kind, width: width, from: stretch.from, to: end) { try save($0) }
                for bucket in buckets ?? [] where bucket.start < stretch.to {
                    guard let line = history.add(bucket) else { continue }
                    if let last = lines.last, last.isContinued(by: line) {
                        lines[lines.count - 1].end = line.end
                    } else {
                        lines.append(line)
                    }
                }
            }
        }
        progress.show(Int64(Self.kinds.count), Int64(Self.kinds.count))
        try keep(lines.map(\.text))
        guard wantsKeys else { return }
        for project in projects(period) {
            keys.merge(try await client.keys(project: project) { try save($0) }) { $1 }
        }
    }

    /// The projects of the usage of a period.
    private func projects(_ period: ReconcilePeriod) -> [String] {
        var projects: Set<String> = []
        for key in history.observations.keys where period.from..<period.to ~= key.start {
            for result in history.latest(key)?.results ?? [] {
                if let project = result["project_id"]?.string { projects.insert(project) }
            }
        }
        return projects.sorted()
    }

    private mutating func save(_ answer: ProviderClient.Answer) throws {
        guard let folder else { return }
        saved += 1
        let path = "\(folder)/\(answer.fetchedAt)-\(CivilDate.padded(Int64(saved), 4))-\(answer.kind).json"
        let head: [(name: String, value: JSONDocument.Value?)] = [
            ("fetched_at", .string(TimestampText.utc(answer.fetchedAt))), ("kind", .string(answer.kind)),
            ("url", .string(answer.target)), ("answer", answer.root),
        ]
        do {
            try Data((JSONDocument.Value.members(head).line + "\n").utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("\(path) cannot be written: \(ErrorMessage.explained(error))")
        }
    }

    /// Appends lines to the history.
    private func keep(_ lines: [String]) throws {
        guard let path, !lines.isEmpty else { return }
        if !FileManager.default.fileExists(atPath: path) {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: attributes)
        }
        guard let file = FileHandle(forUpdatingAtPath: path) else {
            throw CommandFailure(
                "The provider's answers cannot be kept in \(path); see its permissions, or name another file with --history."
            )
        }
        defer { try? file.close() }
        // What was cut off by a crash stays a line of its own.
        let end = try file.seekToEnd()
        var start = ""
        if end > 0 {
            try file.seek(toOffset: end - 1)
            if try file.read(upToCount: 1) != Data("\n".utf8) { start = "\n" }
        }
        try file.seekToEnd()
        try file.write(contentsOf: Data((start + lines.joined(separator: "\n") + "\n").utf8))
    }
}
