/// The common configuration of a program's exchanges.
public struct ExchangeConfiguration: Sendable {
    /// The clock for start times and durations.
    public var clock: any UsageClock
    /// The kind of program that captures the calls.
    public var source: CallSource
    /// The fingerprinter of keys; `nil` to store no trace of keys in records.
    public var fingerprinter: KeyFingerprinter?
    /// The projects of calls that name none, by the last four characters of a key, its digest or the digest's first six
    /// digits.
    public var projectsByKey: [String: String]
    /// The objects that were counted.
    public var objects: BilledObjects
    package var identities: CallIDGenerator
    /// The cache that identifies the endpoints of calls.
    package var endpoints = EndpointCache.shared

    /// Creates a configuration.
    public init(
        clock: any UsageClock = SystemUsageClock(),
        source: CallSource = .library,
        fingerprinter: KeyFingerprinter? = nil,
        projectsByKey: [String: String] = [:],
        objects: BilledObjects = BilledObjects()
    ) {
        self.clock = clock
        self.source = source
        self.fingerprinter = fingerprinter
        self.projectsByKey = projectsByKey
        self.objects = objects
        self.identities = CallIDGenerator.shared(by: clock)
    }

    func project(of key: KeyFingerprint?) -> String? {
        guard let key, !projectsByKey.isEmpty else { return nil }
        return projectsByKey[String(key.hint.suffix(4))] ?? projectsByKey[key.digestText]
            ?? projectsByKey[String(key.digestText.prefix(6))]
    }
}
