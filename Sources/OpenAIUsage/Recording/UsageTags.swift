/// The caller's own labels of a call (`team=search,feature=rag`).
///
/// Keys and values are truncated to ``maximumLength`` bytes and lose control characters and bidirectional marks; tags
/// beyond ``maximumCount`` are dropped. Tags are for attribution, not for content.
public struct UsageTags: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// The most tags of a call.
    public static let maximumCount = 16
    /// The longest key or value, in bytes.
    public static let maximumLength = 128

    /// The tags of the current task, which ``withUsageTags(_:operation:)`` sets.
    @TaskLocal public static var current = UsageTags()

    /// The tags, sorted by key.
    public private(set) var pairs: [(key: String, value: String)] = []

    /// Creates an empty set of tags.
    public init() {}

    /// Creates tags from a dictionary literal; the last of equal keys wins.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// True if there are no tags.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The value of a tag; `nil` if there is no such tag.
    public subscript(key: String) -> String? {
        get { pairs.first { $0.key == key }?.value }
        set {
            let key = TextCleaner.clean(key, maximumLength: Self.maximumLength) ?? ""
            let index = pairs.firstIndex { $0.key >= key } ?? pairs.endIndex
            let exists = index < pairs.endIndex && pairs[index].key == key
            guard let newValue else {
                if exists { pairs.remove(at: index) }
                return
            }
            let value = TextCleaner.clean(newValue, maximumLength: Self.maximumLength) ?? ""
            if exists {
                pairs[index].value = value
            } else if pairs.count < Self.maximumCount, !key.isEmpty {
                pairs.insert((key, value), at: index)
            }
        }
    }

    /// These tags and the others, which take precedence.
    public func merging(_ others: UsageTags) -> UsageTags {
        var merged = self
        for (key, value) in others.pairs { merged[key] = value }
        return merged
    }

    /// True if both contain the same tags.
    public static func == (left: UsageTags, right: UsageTags) -> Bool {
        left.pairs.count == right.pairs.count && zip(left.pairs, right.pairs).allSatisfy { $0 == $1 }
    }
}

/// Runs an operation whose calls have the given tags in addition to those of the surrounding task.
public func withUsageTags<Result>(
    _ tags: UsageTags,
    operation: () async throws -> Result
) async rethrows -> Result {
    try await UsageTags.$current.withValue(UsageTags.current.merging(tags), operation: operation)
}

extension StringProtocol {
    /// The longest prefix of whole characters with at most the given number of bytes in UTF-8.
    func prefix(utf8Length: Int) -> SubSequence {
        guard utf8.count > utf8Length else { return self[...] }
        var end = startIndex
        var length = 0
        while end < endIndex {
            let next = index(after: end)
            length += self[end..<next].utf8.count
            if length > utf8Length { break }
            end = next
        }
        return self[..<end]
    }
}
