import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The provider's answers over time, by bucket.
///
/// They stand beside the ledger in a file of JSON lines, to which a line is added for each bucket that is asked: the results
/// if they are new, or that they are unchanged. A table of the ledger would need the ledger's only writer, which is the
/// gateway's, for data that the gateway never reads; and a ledger of another machine has no file here at all.
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

        /// True if the other line continues this one.
        func isContinued(by other: Line) -> Bool {
            kind == other.kind && end == other.start && width == other.width && results == other.results
        }

        /// The line as JSON.
        var text: String {
            "{\"fetched_at\":\"\(TimestampText.utc(fetchedAt))\",\"kind\":\"\(kind.rawValue)\",\"start_time\":\(start),"
                + "\"end_time\":\(end),\"width\":\(width),"
                + (results.map { "\"results\":\($0)}" } ?? "\"unchanged\":true}")
        }
    }

    private(set) var observations: [Key: [Observation]] = [:]

    /// Creates an empty history.
    init() {}

    /// Reads lines; those that are damaged or of a later version are ignored.
    init(_ lines: some Sequence<some StringProtocol>) {
        for line in lines where !line.isEmpty {
            guard let root = try? JSONDocument(parsing: String(line)).root.value,
                let kind = root["kind"]?.string.flatMap(ProviderKind.init(rawValue:)),
                let fetched = root["fetched_at"]?.string.flatMap({ TimestampArgument($0) }),
                let start = root["start_time"]?.number.flatMap({ Int64($0) }),
                let end = root["end_time"]?.number.flatMap({ Int64($0) }),
                let width = root["width"]?.number.flatMap({ Int64($0) }), width >= 60, start < end,
                end - start <= 400 * 86_400
            else { continue }
            let time = fetched.microseconds(now: 0, timeZone: .gmt)
            var results: [JSONDocument.Value]?
            if case .array(let elements)? = root["results"] { results = elements.map(\.value) }
            for start in stride(from: start, to: end, by: Int(width)) {
                let bucket = ProviderBucket(
                    kind: kind,
                    start: start,
                    end: start + width,
                    results: results ?? [],
                    fetchedAt: time
                )
                if results != nil { observe(bucket) } else { confirm(bucket) }
            }
        }
    }

    private mutating func observe(_ bucket: ProviderBucket) {
        let key = Key(kind: bucket.kind, start: bucket.start, end: bucket.end)
        let time = bucket.fetchedAt
        observations[key, default: []].append(Observation(bucket: bucket, first: time, last: time))
    }

    private mutating func confirm(_ bucket: ProviderBucket) {
        let key = Key(kind: bucket.kind, start: bucket.start, end: bucket.end)
        guard let index = observations[key]?.indices.last else { return }
        observations[key]?[index].last = bucket.fetchedAt
    }

    /// Adds an answer.
    ///
    /// - Returns: The line to keep; `nil` if the answer is older than one that is known.
    mutating func add(_ bucket: ProviderBucket) -> Line? {
        let key = Key(kind: bucket.kind, start: bucket.start, end: bucket.end)
        let text = bucket.text
        var line = Line(
            kind: bucket.kind,
            start: bucket.start,
            end: bucket.end,
            width: bucket.width,
            fetchedAt: bucket.fetchedAt,
            results: text
        )
        if let last = observations[key]?.last {
            guard last.last < bucket.fetchedAt else { return nil }
            if last.bucket.text == text {
                confirm(bucket)
                line.results = nil
                return line
            }
        }
        observe(bucket)
        return line
    }

    /// True if a bucket need not be asked again: its results stayed the same for the time of settling.
    func isSettled(_ key: Key, settling: Int64) -> Bool {
        guard let last = observations[key]?.last else { return false }
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
