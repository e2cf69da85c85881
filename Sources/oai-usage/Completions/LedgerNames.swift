import Dispatch
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The names in a ledger, for completions.
///
/// A completion must neither disturb nor delay: only a file of this machine is read, a ledger of an older version is not
/// upgraded, errors are silent, and after ``longest`` the process ends without an answer.
struct LedgerNames {
    /// The time after which a completion gives up.
    static let longest = DispatchTimeInterval.milliseconds(800)

    private let path: String?

    /// Creates the names of the ledger that the words of a command line mean.
    ///
    /// - Parameters:
    ///   - words: The words, as the shell passes them.
    ///   - environment: The environment variables.
    init(words: [String], environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = Self.path(words, environment).flatMap { Self.isCurrent($0) ? $0 : nil }
    }

    /// The projects, those with the most calls first.
    var projects: [String] { values(of: .project) }

    /// The answered and the requested models.
    var models: [String] {
        var seen: Set<String> = []
        return (values(of: .model) + values(of: .requestedModel)).filter { seen.insert($0).inserted }
    }

    /// The tags of the newest calls, as `name=value`.
    var tags: [String] { recentTags.map { "\($0.name)=\($0.value)" } }

    /// The names of the tags of the newest calls.
    var tagNames: [String] {
        var seen: Set<String> = []
        return recentTags.map(\.name).filter { seen.insert($0).inserted }
    }

    /// Returns the identities that begin with a text; for a short one those of the newest calls: what the provider calls
    /// them, else their own.
    func identities(_ prefix: String) -> [String] {
        guard prefix.utf8.count >= IdentityPrefix.minimumLength else {
            return newest(30).map { $0.requestID ?? $0.id.description }
        }
        return read { try $0.identities(beginningWith: prefix).identities } ?? []
    }

    /// The values of a dimension in the last 90 days, those with the most calls first.
    func values(of dimension: ReportDimension) -> [String] {
        let day: Int64 = 86_400_000_000
        let now = SystemUsageClock().wallMicroseconds
        // Whole days are read from the sums of days.
        var query = ReportQuery(from: (now / day - 90) * day, to: (now / day + 1) * day)
        query.groupBy = [dimension]
        let report = read { try $0.report(query) }
        return (report?.rows ?? []).sorted { $0.calls > $1.calls }.prefix(200).compactMap { $0.group.first ?? nil }
    }

    private var recentTags: [(name: String, value: String)] {
        var seen: Set<String> = []
        return newest(500).flatMap(\.tags.pairs).filter { seen.insert("\($0.key)=\($0.value)").inserted }
            .map { (name: $0.key, value: $0.value) }
    }

    private func newest(_ count: Int) -> [CallRecord] {
        var query = CallsQuery()
        query.limit = count
        query.order = .newestFirst
        return read { try $0.calls(query) } ?? []
    }

    /// Reads the ledger, or ends the process without an answer if that takes too long.
    private func read<Value>(_ body: (LedgerReader) throws -> Value) -> Value? {
        guard let path else { return nil }
        let limit = DispatchWorkItem { _exit(0) }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.longest, execute: limit)
        defer { limit.cancel() }
        return try? body(LedgerReader(path: path))
    }

    /// Returns the path of the ledger; `nil` for a gateway, or if the words do not tell.
    static func path(_ words: [String], _ environment: [String: String]) -> String? {
        let flag = value(of: "--ledger", in: words)
        let config = value(of: "--config", in: words)
        guard let settings = try? Settings(reading: config, environment) else { return nil }
        let path = expanded(settings.ledger(flag), environment)
        return path.contains("://") || path == GatewayLedgerOption.none ? nil : path
    }

    /// Returns the value of a flag among the words of a command line, without quotes.
    static func value(of flag: String, in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == flag {
                // Bash splits words at the equals sign.
                let next = words.dropFirst(index + 1).first { $0 != "=" }
                return next.map(unquoted)
            }
            if word.hasPrefix(flag + "=") { return unquoted(String(word.dropFirst(flag.count + 1))) }
        }
        return nil
    }

    private static func unquoted(_ word: String) -> String { word.filter { $0 != "\"" && $0 != "'" && $0 != "\\" } }

    private static func expanded(_ path: String, _ environment: [String: String]) -> String {
        path.hasPrefix("~/") ? (environment["HOME"] ?? "") + path.dropFirst() : path
    }

    /// True if a file is a ledger of this version, so that reading it upgrades nothing.
    static func isCurrent(_ path: String) -> Bool {
        FileInspection.schema(path).map { $0 >= LedgerReader.schemaVersion } ?? false
    }
}
