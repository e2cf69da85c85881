import OpenAIUsage
import OpenAIUsageLedger

/// The ledgers that a report is made of.
struct ReportSource {
    let places: [LedgerLocation]
    let ledgers: LedgersOption
    let settings: Settings
    let now: Int64
    private var readers: [String: LedgerReader] = [:]

    init(places: [LedgerLocation], ledgers: LedgersOption, settings: Settings, now: Int64) {
        self.places = places
        self.ledgers = ledgers
        self.settings = settings
        self.now = now
    }

    /// Returns the reader of a ledger on this machine, which is opened once.
    private mutating func reader(_ path: String) throws -> LedgerReader {
        if let reader = readers[path] { return reader }
        let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        readers[path] = reader
        return reader
    }

    /// Returns the sums of a report over all ledgers.
    mutating func sums(_ request: ReportRequest) async throws -> MergeableReport {
        guard places.count == 1, let path = places[0].path else {
            return try await ledgers.union(places, settings).mergeableReport(request, now: now)
        }
        let reader = try reader(path)
        return try reader.mergeableReport(try request.query(now: now) { try reader.summary().firstMicroseconds })
    }

    /// Returns the start of the first call in microseconds since 1970; `nil` if it is not known, as of a gateway's ledger.
    mutating func first() throws -> Int64? {
        let paths = places.compactMap(\.path)
        guard paths.count == places.count else { return nil }
        return try paths.compactMap { try reader($0).summary().firstMicroseconds }.min()
    }

    /// Returns sentences about values of a filter that no call has, which look like no traffic otherwise.
    ///
    /// Values are known of ledgers on this machine only.
    mutating func hints(_ filter: CallFilter) throws -> [String] {
        let paths = places.compactMap(\.path)
        guard !filter.conditions.isEmpty, paths.count == places.count else { return [] }
        // A tag that no call has is told once, whatever its values.
        let tags = filter.conditions.map(\.dimension).filter { if case .tag = $0 { true } else { false } }
        let unknownTags = try unknownTags(of: tags)
        var unmatched: [UnmatchedValue]?
        for path in paths {
            let found = try reader(path).unmatchedValues(filter)
            guard let others = unmatched else {
                unmatched = found
                continue
            }
            // A value that any ledger has is not a typing error.
            unmatched = others.compactMap { value in
                found.first { $0.dimension == value.dimension && $0.value == value.value }.map {
                    UnmatchedValue(dimension: value.dimension, value: value.value, known: value.known + $0.known)
                }
            }
        }
        return (unmatched ?? []).filter { value in
            if case .tag(let name) = value.dimension { !unknownTags.contains { $0.name == name } } else { true }
        }.map { Self.sentence($0) } + unknownTags.map(\.sentence)
    }

    /// Returns sentences about tags to group by that no call has.
    mutating func hints(tagsOf dimensions: [ReportDimension]) throws -> [String] {
        try unknownTags(of: dimensions).map(\.sentence)
    }

    private mutating func unknownTags(of dimensions: [ReportDimension]) throws -> [(name: String, sentence: String)] {
        let paths = places.compactMap(\.path)
        let asked = dimensions.compactMap { if case .tag(let name) = $0 { name } else { nil } }
        guard !asked.isEmpty, paths.count == places.count else { return [] }
        let known = Set(try paths.flatMap { try reader($0).tagNames() }).sorted()
        // A ledger tells its first 100 names only.
        guard known.count < 100 else { return [] }
        return asked.filter { !known.contains($0) }.reduce(into: []) { unknown, name in
            guard !unknown.contains(where: { $0.name == name }) else { return }
            let listed = known.prefix(Self.listedCount).joined(separator: ", ")
            let near = NearNames.hint(for: name, in: known)
            let rest = near.isEmpty && !known.isEmpty ? " There are \(listed)." : near
            unknown.append((name, "No call has the tag \"\(name)\".\(rest)"))
        }
    }

    private static let listedCount = 6

    /// Returns a sentence about a value that no call has.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - subject: What has no such value, in the singular.
    /// - Returns: The sentence, with a near value or the known ones.
    static func sentence(_ value: UnmatchedValue, of subject: String = "call") -> String {
        let name = value.dimension.description
        guard !value.known.isEmpty else { return "No \(subject) has a value of \(name)." }
        let isModel = [.model, .requestedModel].contains(value.dimension)
        let names = (isModel ? Set(value.known.map { ModelAlias.alias(of: $0) }).sorted() : []) + value.known
        let problem = "No \(subject) has the \(name) \"\(value.value)\"."
        if let near = NearNames.nearest(to: value.value, in: names) {
            return "\(problem) Did you mean \"\(near)\"?"
        }
        let listed = value.known.prefix(listedCount).map { $0.contains(",") ? "\"\($0)\"" : $0 }.joined(separator: ", ")
        return "\(problem) There are \(listed)\(value.known.count > listedCount ? ", ..." : "")."
    }
}
