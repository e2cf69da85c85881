/// A receiver of records.
///
/// Both methods are called on whatever thread the call's bytes are on: they must return at once, and must not throw,
/// block or suspend. A sink that does slow work owns a bounded queue and counts what it drops.
public protocol UsageSink: Sendable {
    /// Takes the record of an attempt that has ended; called exactly once per attempt.
    func record(_ record: CallRecord)

    /// Takes an interim record of an attempt that is still open, which ``record(_:)`` later replaces.
    ///
    /// The default does nothing.
    func recordOpen(_ record: CallRecord)
}

extension UsageSink {
    /// Does nothing.
    public func recordOpen(_ record: CallRecord) {}
}
