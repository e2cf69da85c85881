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
        if let folder = options.save {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
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
        let file = path.map { ProviderHistoryFile(path: $0, period: period, now: now) }
        history = try file?.read() ?? ProviderHistory()
        var answers: [ProviderBucket] = []
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
                answers +=
                    try await client.buckets(kind, width: width, from: stretch.from, to: end) { try save($0) } ?? []
            }
        }
        progress.show(Int64(Self.kinds.count), Int64(Self.kinds.count))
        if let file, !answers.isEmpty {
            history = try file.add(answers)
        } else {
            for bucket in answers { _ = history.add(bucket) }
        }
        guard wantsKeys else { return }
        for project in projects(period) {
            keys.merge(try await client.keys(project: project) { try save($0) }) { $1 }
        }
    }

    /// The notes on the history.
    var notes: [String] {
        guard let path, history.damagedLines > 0 else { return [] }
        let lines =
            history.damagedLines == 1 ? "1 line is" : "\(NumberFormat.count(Int64(history.damagedLines))) lines are"
        return ["\(lines) damaged in \(path) and left out; what they may have been about was asked again."]
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
        let text = client.masked(JSONDocument.Value.members(head).line) + "\n"
        do {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        } catch {
            throw CommandFailure("\(path) cannot be written: \(ErrorMessage.explained(error))")
        }
    }
}
