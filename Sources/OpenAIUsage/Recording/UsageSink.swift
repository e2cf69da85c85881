/// A receiver of records.
///
/// Both methods are called on the thread that handles the call's bytes: they must return at once, without blocking. A
/// sink that does slow work needs a bounded queue, and should count what it drops.
public protocol UsageSink: Sendable {
    /// Called exactly once per attempt, with the record of the attempt when it has ended.
    func record(_ record: CallRecord)

    /// Called with an interim record of an attempt in flight, which ``record(_:)`` later replaces.
    ///
    /// The default implementation does nothing.
    func recordOpen(_ record: CallRecord)
}

extension UsageSink {
    /// Does nothing.
    public func recordOpen(_ record: CallRecord) {}
}
