/// A record while its attempt is under way, with what is decided from it and the two bodies.
struct RecordDraft: Sendable {
    var record: CallRecord
    /// Whether the response's content coding is one that cannot be read.
    var isCodingUnknown = false
    /// Whether the response's content coding could not be undone.
    var isEncodingBroken = false

    init(_ record: CallRecord) {
        self.record = record
    }
}
