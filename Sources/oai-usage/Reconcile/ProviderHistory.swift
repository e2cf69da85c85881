import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The provider's answers over time, by bucket.
///
/// They stand beside the ledger in a file of JSON lines, to which a line is added for each bucket that is asked: the results
/// if they are new, or that they are unchanged, with their hash. A table of the ledger would need the ledger's only writer,
/// which is the gateway's, for data that the gateway never reads; and a ledger of another machine has no file here at all.
struct ProviderHistory {
    /// The place of an answer.
    struct Key: Hashable {
        var kind: ProviderKind
        var start: Int64
        var end: Int64
    }

    /// Results that did not change between two times.
    struct Observation {
        var bucket: ProviderBucket
        /// The time of the first and of the last answer with these results, in microseconds since 1970.
        var first: Int64
        var last: Int64
        /// The number of damaged lines before the last answer.
        var damagedBefore: Int
        /// True if a later line confirms other results than these.
        var isDoubtful = false
    }

    /// A line of the file: what buckets in a row have in common.
    struct Line {
        var kind: ProviderKind
        var start: Int64
        var end: Int64
        /// The length of each bucket in seconds.
        var width: Int64
        var fetchedAt: Int64
        /// The results; `nil` if they are unchanged.
        var results: String?
        /// The hash of the results of each bucket, so that a line never confirms other results than those it is about.
        var hashes: [String]

        /// Appends a line; returns false if it does not continue this one.
        mutating func append(_ other: Line) -> Bool {
            guard kind == other.kind, end == other.start, width == other.width, results == other.results,
                other.end - start <= ProviderHistory.maximumSpan
            else { return false }
            end = other.end
            hashes += other.hashes
            return true
        }

        /// The line as JSON.
        var text: String {
            "{\"fetched_at\":\"\(TimestampText.utc(fetchedAt))\",\"kind\":\"\(kind.rawValue)\",\"start_time\":\(start),"
                + "\"end_time\":\(end),\"width\":\(width),"
                + (results.map { "\"results\":\($0)}" } ?? "\"unchanged\":true,\(hashMember)}")
        }

        /// The hashes, or the one that all of them are.
        private var hashMember: String {
            if let first = hashes.first, hashes.allSatisfy({ $0 == first }) { return "\"results_hash\":\"\(first)\"" }
            return "\"results_hashes\":[" + hashes.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
    }

    private(set) var observations: [Key: [Observation]] = [:]
    /// The number of lines that cannot be read.
    private(set) var damagedLines = 0

    /// The longest row of buckets in a line, in seconds.
    private static let maximumSpan: Int64 = 400 * 86_400

    /// Creates an empty history.
    init() {}

    /// Reads lines.
    ///
    /// Those that are damaged are counted, and those of kinds of a later version are left out. What a damaged line said is
    /// unknown, so that no bucket has settled that only earlier lines are about.
    ///
    /// - Parameters:
    ///   - lines: The lines.
    ///   - period: The period of which buckets are read.
    ///   - now: The time in seconds since 1970, after which no line was written.
    init(_ lines: some Sequence<some StringProtocol>, of period: ReconcilePeriod, now: Int64) {
        for line in lines where !line.isEmpty {
            guard let root = try? JSONDocument(parsing: String(line)).root.value, let name = root["kind"]?.string else {
                damagedLines += 1
                continue
            }
            guard let kind = ProviderKind(rawValue: name) else { continue }
            if !read(root, kind, of: period, now: now) { damagedLines += 1 }
        }
    }

    /// Reads a line; returns false for one that is damaged.
    private mutating func read(
        _ root: JSONDocument.Value,
        _ kind: ProviderKind,
        of period: ReconcilePeriod,
        now: Int64
    ) -> Bool {
        guard let fetched = root["fetched_at"]?.string.flatMap({ TimestampArgument($0) }),
            let start = root["start_time"]?.number.flatMap({ Int64($0) }),
            let end = root["end_time"]?.number.flatMap({ Int64($0) }),
            let width = root["width"]?.number.flatMap({ Int64($0) }),
            ProviderWidth.allCases.contains(where: { $0.seconds == width }), 0 <= start, start < end,
            end <= ProviderLimits.time,
            end - start <= Self.maximumSpan, (end - start) % width == 0
        else { return false }
        let time = fetched.microseconds(now: 0, timeZone: .gmt)
        // A clock may differ by some hours, and a time of next year would outlast every later answer.
        guard 0...(now + 86_400) * 1_000_000 ~= time else { return false }
        let starts = stride(from: start, to: end, by: Int(width))
        let isInside: (Int64) -> Bool = { period.from..<period.to ~= $0 }
        if case .array(let elements)? = root["results"] {
            var bucket = ProviderBucket(
                kind: kind,
                start: start,
                end: start + width,
                results: elements.map(\.value),
                fetchedAt: time
            )
            guard (try? bucket.check()) != nil else { return false }
            for start in starts where isInside(start) {
                (bucket.start, bucket.end) = (start, start + width)
                observe(bucket)
            }
            return true
        }
        guard case .bool(true)? = root["unchanged"] else { return false }
        let hashes = root["results_hashes"]?.elements.map(\.string)
        if let hashes, hashes.count != Int((end - start) / width) { return false }
        for (number, start) in starts.enumerated() where isInside(start) {
            let hash = hashes.map { $0[number] } ?? root["results_hash"]?.string
            confirm(Key(kind: kind, start: start, end: start + width), at: time, hash: hash)
        }
        return true
    }

    private mutating func observe(_ bucket: ProviderBucket) {
        let time = bucket.fetchedAt
        observations[bucket.key, default: []]
            .append(Observation(bucket: bucket, first: time, last: time, damagedBefore: damagedLines))
    }

    /// Records that the latest results are unchanged.
    ///
    /// - Parameters:
    ///   - key: The place of the bucket.
    ///   - time: The time of the answer in microseconds since 1970.
    ///   - hash: The hash of the results; `nil` for a line of a former version, which has none.
    private mutating func confirm(_ key: Key, at time: Int64, hash: String?) {
        guard let index = observations[key]?.indices.last, let last = observations[key]?[index] else { return }
        // The line with the results that this one confirms may be lost.
        guard hash.map({ $0 == last.bucket.hash }) ?? (last.damagedBefore == damagedLines) else {
            observations[key]?[index].isDoubtful = true
            return
        }
        observations[key]?[index].last = time
        observations[key]?[index].damagedBefore = damagedLines
        observations[key]?[index].isDoubtful = false
    }

    /// Adds an answer.
    ///
    /// - Returns: The line to keep; `nil` if the answer is older than one that is known.
    mutating func add(_ bucket: ProviderBucket) -> Line? {
        let text = bucket.text
        var line = Line(
            kind: bucket.kind,
            start: bucket.start,
            end: bucket.end,
            width: bucket.width,
            fetchedAt: bucket.fetchedAt,
            results: text,
            hashes: [bucket.hash]
        )
        if let last = observations[bucket.key]?.last {
            guard last.last < bucket.fetchedAt else { return nil }
            // Results that may have changed in between are kept again.
            if last.bucket.text == text, !last.isDoubtful {
                confirm(bucket.key, at: bucket.fetchedAt, hash: bucket.hash)
                line.results = nil
                return line
            }
        }
        observe(bucket)
        return line
    }

    /// True if a bucket need not be asked again: its results stayed the same for the time of settling.
    func isSettled(_ key: Key, settling: Int64) -> Bool {
        guard let last = observations[key]?.last, !last.isDoubtful, last.damagedBefore == damagedLines else {
            return false
        }
        let end = key.end * 1_000_000
        let stable = last.last - max(end, last.first)
        // What is first asked long after its end has had its time.
        return stable >= settling * 1_000_000 || last.first >= end + 10 * settling * 1_000_000
    }

    /// The latest results of a bucket; `nil` if there are none.
    func latest(_ key: Key) -> ProviderBucket? {
        guard let last = observations[key]?.last else { return nil }
        var bucket = last.bucket
        bucket.fetchedAt = last.last
        return bucket
    }

    /// The changes of a bucket after it had settled: the results before and after.
    ///
    /// - Parameters:
    ///   - key: The place of the bucket.
    ///   - settling: The time after its end after which a change is a restatement, in seconds.
    /// - Returns: The last settled results, and the latest ones; `nil` if they are the same.
    func restatement(_ key: Key, settling: Int64) -> (before: Observation, after: Observation)? {
        guard let list = observations[key], let after = list.last else { return nil }
        let limit = (key.end + settling) * 1_000_000
        guard let before = list.dropLast().last(where: { $0.last >= limit }) else { return nil }
        return before.bucket.text == after.bucket.text ? nil : (before, after)
    }
}
