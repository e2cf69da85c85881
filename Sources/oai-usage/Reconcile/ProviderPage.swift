import OpenAIUsage
import OpenAIUsagePricing

/// A page of the provider's admin API.
struct ProviderPage {
    var buckets: [ProviderBucket] { found.buckets }
    private var found = ProviderBucketSet()
    /// The cursor of the next page; `nil` for the last one.
    var nextPage: String?
    /// True if a page follows.
    var hasMore = false

    /// Reads a page.
    ///
    /// Unknown members and results of unknown kinds are ignored.
    ///
    /// - Parameters:
    ///   - root: The answer.
    ///   - kind: The kind that was asked for; `nil` to take it from the results.
    ///   - fetchedAt: The time of the answer in microseconds since 1970.
    /// - Throws: A ``ProviderDataError`` that says where the answer is not understood.
    init(_ root: JSONDocument.Value, kind: ProviderKind?, fetchedAt: Int64) throws(ProviderDataError) {
        if let error = root["error"] {
            let message = error["message"]?.string ?? error.string ?? "unknown"
            throw ProviderDataError("It is an error of the API: \(TextFit.clean(message))")
        }
        guard case .array(let elements)? = root["data"] else {
            throw ProviderDataError("It has no array \"data\"; a page of usage or costs is expected.")
        }
        for element in elements.map(\.value) {
            func time(_ name: String) throws(ProviderDataError) -> Int64? {
                try ProviderDataError.count(element[name], name, kind ?? .costs, limit: ProviderLimits.time)
            }
            guard let start = try time("start_time"), let end = try time("end_time"), start < end,
                end - start <= 86_400
            else {
                throw ProviderDataError(
                    "A bucket has no start_time before its end_time, at most a day later, in seconds since 1970."
                )
            }
            // A range that ends within a bucket may cut its end.
            let width: Int64 =
                [Int64(60), 3_600, 86_400].first { $0 == end - start } ?? (end - start < 3_600 ? 3_600 : 86_400)
            let results = (element["results"] ?? element["result"])?.elements ?? []
            var byKind: [ProviderKind: [JSONDocument.Value]] = [:]
            if let kind { byKind[kind] = [] }
            for result in results {
                // An unknown name of the object does not hide a result of the kind that was asked for.
                guard let own = result["object"]?.string.flatMap(ProviderKind.init(object:)) ?? kind else { continue }
                byKind[own, default: []].append(result)
            }
            for (kind, results) in byKind {
                try add(
                    ProviderBucket(
                        kind: kind,
                        start: start,
                        end: start + width,
                        results: results,
                        fetchedAt: fetchedAt
                    )
                )
            }
        }
        if case .bool(true)? = root["has_more"] { hasMore = true }
        nextPage = hasMore ? root["next_page"]?.string : nil
    }

    private mutating func add(_ bucket: ProviderBucket) throws(ProviderDataError) {
        try bucket.check()
        try found.add(bucket)
    }
}
