/// What the exchanges of a program have in common.
public struct ExchangeConfiguration: Sendable {
    /// The clock.
    public var clock: any UsageClock
    /// What captures the calls.
    public var source: CallSource
    /// How keys are made unrecognisable; without it, records hold no trace of them.
    public var fingerprinter: KeyFingerprinter?
    /// The project of calls that name none, by a key's last four characters or the digits of its digest.
    public var projectsByKey: [String: String]
    /// Which objects were counted.
    public var objects: BilledObjects
    package var identities: CallIDGenerator
    /// The endpoints by which calls are recognized.
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
