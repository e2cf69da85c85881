import OpenAIUsage

/// The buckets of one question to the provider, each of them once.
struct ProviderBucketSet {
    private(set) var buckets: [ProviderBucket] = []
    private var indices: [ProviderHistory.Key: Int] = [:]

    /// Adds a bucket; the same one again changes nothing.
    ///
    /// - Returns: True if the bucket is new.
    /// - Throws: A ``ProviderDataError`` for a bucket that was given with other results: neither is known to be the right
    ///   one, or a part of it.
    @discardableResult
    mutating func add(_ bucket: ProviderBucket) throws(ProviderDataError) -> Bool {
        guard let index = indices[bucket.key] else {
            indices[bucket.key] = buckets.count
            buckets.append(bucket)
            return true
        }
        guard buckets[index].text == bucket.text else {
            throw ProviderDataError("The bucket \(bucket.name) is given twice, with different results.")
        }
        return false
    }

    /// Checks that the buckets answer a question.
    ///
    /// - Parameters:
    ///   - from: The start of the range that was asked for, in seconds since 1970.
    ///   - to: Its end, exclusive.
    /// - Throws: A ``ProviderDataError`` for a bucket outside the range, and for two that overlap.
    func check(from: Int64, to: Int64) throws(ProviderDataError) {
        var last: ProviderBucket?
        for bucket in buckets.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard bucket.start >= from, bucket.start < to else {
                throw ProviderDataError(
                    "The bucket \(bucket.name) was not asked for: the question was about \(Self.time(from)) to \(Self.time(to))."
                )
            }
            guard ProviderWidth.allCases.contains(where: { $0.seconds == bucket.width }) else {
                throw ProviderDataError("The bucket \(bucket.name) is neither an hour nor a day long.")
            }
            if let last, last.end > bucket.start {
                throw ProviderDataError("The buckets \(last.name) and \(bucket.name) overlap.")
            }
            last = bucket
        }
    }

    private static func time(_ second: Int64) -> String { TimestampText.utc(second * 1_000_000, isShort: true) }
}
