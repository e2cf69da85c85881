import OpenAIUsage

/// The dimensions of a call by which reports are grouped and filtered: who made it, and its kind.
///
/// Calls with equal dimensions refer to one row of the table `series`.
struct Series: SharedRow, Sendable {
    /// A dimension that is a text.
    enum Field: Int, CaseIterable, Sendable {
        case client, host, endpoint, organization, project
        case requestedOrganization, requestedProject, key, tags
        case requestModel, model, requestedServiceTier, serviceTier, backgroundWindow

        /// The name of the column.
        var name: String {
            switch self {
            case .client: "client"
            case .host: "host"
            case .endpoint: "endpoint"
            case .organization: "organization"
            case .project: "project"
            case .requestedOrganization: "requested_organization"
            case .requestedProject: "requested_project"
            case .key: "key"
            case .tags: "tags"
            case .requestModel: "request_model"
            case .model: "model"
            case .requestedServiceTier: "requested_service_tier"
            case .serviceTier: "service_tier"
            case .backgroundWindow: "background_window"
            }
        }
    }

    /// The source that captured the calls.
    var source: CallSource
    /// The texts by field; ``Field/key`` has the hint and the digest, ``Field/tags`` a JSON object.
    private(set) var texts: [String?]
    /// The fields that are stored in the rows of calls, as a bit set.
    private(set) var rowFields: UInt32 = 0
    /// The fingerprint of the API key.
    private(set) var key: KeyFingerprint?
    /// The tags.
    private(set) var tags: UsageTags

    /// Creates a series from a row of the table, with the key and the tags parsed from its texts.
    init(source: CallSource, texts: [String?], key: KeyFingerprint?, tags: UsageTags, rowFields: UInt32) {
        self.source = source
        self.texts = texts
        self.key = key
        self.tags = tags
        self.rowFields = rowFields
    }

    /// Creates the series of a record with all its fields.
    init(_ record: CallRecord) {
        source = record.source
        key = record.key
        tags = record.tags
        texts = Field.allCases.map { Self.text($0, of: record) }
    }

    /// The text of a field.
    subscript(field: Field) -> String? { texts[field.rawValue] }

    /// True if a field is stored in the rows of calls.
    func isInRow(_ field: Field) -> Bool { rowFields & 1 << field.rawValue != 0 }

    /// Moves a field to the rows of calls.
    mutating func leaveToRows(_ field: Field) {
        texts[field.rawValue] = nil
        rowFields |= 1 << field.rawValue
        if field == .key { key = nil }
        if field == .tags { tags = UsageTags() }
    }

    /// Returns the text of a record's field.
    static func text(_ field: Field, of record: CallRecord) -> String? {
        switch field {
        case .client: record.client
        case .host: record.host
        case .endpoint: record.endpoint.name
        case .organization: record.organization
        case .project: record.project
        case .requestedOrganization: record.requestedOrganization
        case .requestedProject: record.requestedProject
        case .key: record.key.map { "\($0.hint) #\($0.digestText)" }
        case .tags: record.tags.isEmpty ? nil : CompactJSON.object(record.tags)
        case .requestModel: record.requestModel
        case .model: record.model
        case .requestedServiceTier: record.requestedServiceTier
        case .serviceTier: record.serviceTier
        case .backgroundWindow: record.backgroundWindow
        }
    }

    /// Sets a record's field from its text.
    static func set(_ field: Field, _ text: String?, of record: inout CallRecord) {
        switch field {
        case .client: record.client = text
        case .host: record.host = text ?? ""
        case .endpoint:
            // The stored name takes precedence: the catalog may have changed since.
            if let text, text != record.endpoint.name {
                record.endpoint = Endpoint(named: text)
            }
        case .organization: record.organization = text
        case .project: record.project = text ?? "default"
        case .requestedOrganization: record.requestedOrganization = text
        case .requestedProject: record.requestedProject = text
        case .key: record.key = text.flatMap(KeyFingerprint.init(stored:))
        case .tags: record.tags = text.map(CompactJSON.tags(_:)) ?? UsageTags()
        case .requestModel: record.requestModel = text
        case .model: record.model = text
        case .requestedServiceTier: record.requestedServiceTier = text
        case .serviceTier: record.serviceTier = text
        case .backgroundWindow: record.backgroundWindow = text
        }
    }

    /// Applies the dimensions of the series to a record.
    func apply(to record: inout CallRecord) {
        for field in Field.allCases {
            switch field {
            // These two are parsed already.
            case .key: record.key = key
            case .tags: record.tags = tags
            default: Self.set(field, self[field], of: &record)
            }
        }
    }

    /// True if all fields equal those of a record.
    func matches(_ record: borrowing CallRecord) -> Bool {
        rowFields == 0 && source == record.source
            && texts[Field.project.rawValue] == record.project
            && texts[Field.model.rawValue] == record.model
            && texts[Field.requestModel.rawValue] == record.requestModel
            && texts[Field.endpoint.rawValue] == record.endpoint.name
            && texts[Field.client.rawValue] == record.client
            && texts[Field.host.rawValue] == record.host
            && texts[Field.organization.rawValue] == record.organization
            && texts[Field.requestedOrganization.rawValue] == record.requestedOrganization
            && texts[Field.requestedProject.rawValue] == record.requestedProject
            && texts[Field.requestedServiceTier.rawValue] == record.requestedServiceTier
            && texts[Field.serviceTier.rawValue] == record.serviceTier
            && texts[Field.backgroundWindow.rawValue] == record.backgroundWindow
            && key == record.key && tags == record.tags
    }

    /// Returns the hash of a record's fields.
    static func hash(_ record: borrowing CallRecord) -> UInt64 {
        var hash = SharedRowHash()
        // These fields tell most series apart; a match compares all of them.
        hash.add((record.key?.digest ?? 0) &+ (record.source == .gateway ? 1 : 2))
        hash.add(record.project)
        hash.add(record.model)
        hash.add(record.client)
        hash.add(record.endpoint.name)
        hash.add(record.serviceTier)
        hash.add(record.organization)
        for (key, value) in record.tags.pairs {
            hash.add(key)
            hash.add(value)
        }
        return hash.value
    }

    static func capacity(of field: Field) -> Int? { nil }

    // The endpoint shows which calls went to an unknown one.
    static func isAlwaysShared(_ field: Field) -> Bool { field == .endpoint }

    /// The hash of a record with the fields of the series.
    var wholeHash: UInt64 {
        var record = CallRecord(id: CallID(rawValue: 0), startedAt: 0, source: source, method: "", host: "", path: "")
        apply(to: &record)
        return Self.hash(record)
    }

    /// The hash of a series with fields in the rows of calls.
    var partialHash: UInt64 {
        var hash = SharedRowHash()
        hash.add(source == .gateway ? 3 : 4)
        hash.add(UInt64(rowFields))
        for text in texts { hash.add(text) }
        return hash.value
    }
}

extension KeyFingerprint {
    /// Creates a fingerprint from its text in the ledger, the hint and all digits of the digest; `nil` if it is malformed.
    init?(stored text: String) {
        guard let mark = text.lastIndex(of: "#"), let digest = UInt64(text[text.index(after: mark)...], radix: 16)
        else { return nil }
        self.init(hint: String(text[..<mark].dropLast()), digest: digest)
    }
}
