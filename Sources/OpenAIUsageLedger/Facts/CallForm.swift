import OpenAIUsage

/// Further attributes that many calls share: how they were made, the states of their usage and cost, and the shape of their
/// usage.
///
/// Calls with equal attributes refer to one row of the table `form`.
struct CallForm: SharedRow, Sendable {
    /// An attribute that is a text.
    enum Field: Int, CaseIterable, Sendable {
        case method, path, finish, usageSource, costReason, priceVersion, requestOptions, diagnostics, limits

        /// The name of the column.
        var name: String {
            switch self {
            case .method: "method"
            case .path: "path"
            case .finish: "finish"
            case .usageSource: "usage_source"
            case .costReason: "cost_reason"
            case .priceVersion: "price_version"
            case .requestOptions: "request_options"
            case .diagnostics: "diagnostics"
            case .limits: "limits"
            }
        }
    }

    /// The resource and the limit of a rate limit.
    struct Limit: Sendable, Equatable {
        var resource: String
        var limit: Int64?
    }

    var isStream: Bool
    var isCounted: Bool
    var usageState: UsageState
    var costStatus: CostStatus
    /// The number of the usage object's shape; 0 if it has none.
    var shape: Int
    /// The texts by field; dictionaries and limits are JSON.
    private(set) var texts: [String?]
    /// The fields that are stored in the rows of calls, as a bit set.
    private(set) var rowFields: UInt32 = 0
    private(set) var requestOptions: [String: String]
    private(set) var diagnostics: [String: String]
    private(set) var limits: [Limit]?

    /// Creates a form from a row of the table.
    init(
        isStream: Bool,
        isCounted: Bool,
        usageState: UsageState,
        costStatus: CostStatus,
        shape: Int,
        texts: [String?],
        rowFields: UInt32
    ) {
        self.isStream = isStream
        self.isCounted = isCounted
        self.usageState = usageState
        self.costStatus = costStatus
        self.shape = shape
        self.texts = texts
        self.rowFields = rowFields
        requestOptions = texts[Field.requestOptions.rawValue].map(CompactJSON.dictionary(_:)) ?? [:]
        diagnostics = texts[Field.diagnostics.rawValue].map(CompactJSON.texts(_:)) ?? [:]
        limits = texts[Field.limits.rawValue].map(Self.limits(_:))
    }

    /// Creates the form of a record with all its fields.
    init(_ record: CallRecord, shape: Int) {
        isStream = record.isStream
        isCounted = record.isCounted
        usageState = record.usageState
        costStatus = record.cost.status
        self.shape = shape
        texts = Field.allCases.map { Self.text($0, of: record) }
        requestOptions = record.requestOptions
        diagnostics = record.diagnostics
        limits = record.rateLimits.map { $0.windows.map { Limit(resource: $0.resource, limit: $0.window.limit) } }
    }

    /// The text of a field.
    subscript(field: Field) -> String? { texts[field.rawValue] }

    /// True if a field is stored in the rows of calls.
    func isInRow(_ field: Field) -> Bool { rowFields & 1 << field.rawValue != 0 }

    /// Moves a field to the rows of calls.
    mutating func leaveToRows(_ field: Field) {
        texts[field.rawValue] = nil
        rowFields |= 1 << field.rawValue
        switch field {
        case .requestOptions: requestOptions = [:]
        case .diagnostics: diagnostics = [:]
        case .limits: limits = nil
        default: break
        }
    }

    /// Returns the text of a record's field.
    static func text(_ field: Field, of record: CallRecord) -> String? {
        switch field {
        case .method: record.method
        case .path: record.path
        case .finish: record.finish
        case .usageSource: record.usageSource
        case .costReason: record.cost.reason?.rawValue
        case .priceVersion: record.cost.priceVersion
        case .requestOptions: CompactJSON.object(record.requestOptions)
        case .diagnostics: CompactJSON.object(texts: record.diagnostics)
        case .limits: record.rateLimits.map(text(of:))
        }
    }

    /// True if all fields equal those of a record.
    func matches(_ record: borrowing CallRecord, shape: Int) -> Bool {
        rowFields == 0 && self.shape == shape && isStream == record.isStream && isCounted == record.isCounted
            && usageState == record.usageState && costStatus == record.cost.status
            && texts[Field.path.rawValue] == record.path
            && texts[Field.method.rawValue] == record.method
            && texts[Field.finish.rawValue] == record.finish
            && texts[Field.usageSource.rawValue] == record.usageSource
            && texts[Field.costReason.rawValue] == record.cost.reason?.rawValue
            && texts[Field.priceVersion.rawValue] == record.cost.priceVersion
            && requestOptions == record.requestOptions && diagnostics == record.diagnostics
            && matchesLimits(record.rateLimits)
    }

    private func matchesLimits(_ others: RateLimits?) -> Bool {
        guard let limits, let others else { return limits == nil && others == nil }
        guard limits.count == others.windows.count else { return false }
        for index in limits.indices {
            let other = others.windows[index]
            guard limits[index].limit == other.window.limit, limits[index].resource == other.resource else {
                return false
            }
        }
        return true
    }

    /// Returns the hash of a record's fields.
    static func hash(_ record: borrowing CallRecord, shape: Int) -> UInt64 {
        var hash = SharedRowHash()
        hash.add(UInt64(shape) << 2 | (record.isStream ? 1 : 0) | (record.isCounted ? 2 : 0))
        hash.add(record.usageState.rawValue)
        hash.add(record.cost.status.rawValue)
        hash.add(record.path)
        hash.add(record.method)
        hash.add(record.finish)
        hash.add(record.usageSource)
        hash.add(record.cost.reason?.rawValue)
        hash.add(record.cost.priceVersion)
        hash.add(record.requestOptions)
        hash.add(record.diagnostics)
        guard let limits = record.rateLimits else { return hash.value }
        for (resource, window) in limits.windows {
            hash.add(resource)
            hash.add(UInt64(bitPattern: window.limit ?? -1))
        }
        return hash.value
    }

    // Paths with IDs of objects differ from call to call.
    static func capacity(of field: Field) -> Int? { field == .path ? 512 : nil }

    static func isAlwaysShared(_ field: Field) -> Bool { false }

    /// The hash of a record with the fields of the form.
    var wholeHash: UInt64 {
        var record = CallRecord(
            id: CallID(rawValue: 0),
            startedAt: 0,
            source: .library,
            method: self[.method] ?? "",
            host: "",
            path: self[.path] ?? ""
        )
        apply(to: &record, limitNumbers: [])
        return Self.hash(record, shape: shape)
    }

    /// The hash of a form with fields in the rows of calls.
    var partialHash: UInt64 {
        var hash = SharedRowHash()
        hash.add(UInt64(shape) << 2 | (isStream ? 1 : 0) | (isCounted ? 2 : 0))
        hash.add(UInt64(rowFields))
        hash.add(usageState.rawValue)
        hash.add(costStatus.rawValue)
        for text in texts { hash.add(text) }
        return hash.value
    }

    // MARK: - Rate limits

    /// Returns the resources and limits of rate limits as JSON, such as `[["requests",10000],["tokens",null]]`.
    private static func text(of limits: RateLimits) -> String {
        var json = JSONWriter()
        json.beginArray()
        for (resource, window) in limits.windows {
            json.beginArray()
            json.string(resource)
            json.integer(window.limit)
            json.endArray()
        }
        json.endArray()
        return json.text
    }

    static func limits(_ text: String) -> [Limit] {
        var parser = JSONCompactor(text)
        return (parser.elements() ?? []).compactMap { element in
            var parser = JSONCompactor(element)
            guard let parts = parser.elements(), parts.count == 2 else { return nil }
            var name = JSONCompactor(parts[0])
            return name.string().map { Limit(resource: $0, limit: Int64(parts[1])) }
        }
    }
}
