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
                let end = root["end_time"]?.number.flatMap({ Int64($0) }), start < end
            else { continue }
            let time = fetched.microseconds(now: 0, timeZone: .gmt)
            let key = Key(kind: kind, start: start, end: end)
            if case .bool(true)? = root["unchanged"] {
                guard let index = observations[key]?.indices.last else { continue }
                observations[key]?[index].last = time
            } else if case .array(let results)? = root["results"] {
                let bucket = ProviderBucket(
                    kind: kind,
                    start: start,
                    end: end,
                    results: results.map(\.value),
                    fetchedAt: time
                )
                observations[key, default: []].append(Observation(bucket: bucket, first: time, last: time))
            }
        }
    }

    /// Adds an answer.
    ///
    /// - Returns: The line to keep; `nil` if the answer is older than one that is known.
    mutating func add(_ bucket: ProviderBucket) -> String? {
        let key = Key(kind: bucket.kind, start: bucket.start, end: bucket.end)
        let head =
            "{\"fetched_at\":\"\(TimestampText.utc(bucket.fetchedAt))\",\"kind\":\"\(bucket.kind.rawValue)\","
            + "\"start_time\":\(bucket.start),\"end_time\":\(bucket.end),"
        if let list = observations[key], let last = list.last {
            guard last.last < bucket.fetchedAt else { return nil }
            if last.bucket.text == bucket.text {
                observations[key]?[list.count - 1].last = bucket.fetchedAt
                return head + "\"unchanged\":true}"
            }
        }
        observations[key, default: []].append(
            Observation(bucket: bucket, first: bucket.fetchedAt, last: bucket.fetchedAt)
        )
        return head + "\"results\":\(bucket.text)}"
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
