/// The facts that only the call that created an object knows, for the call that shows its usage.
package struct ObjectOrigin: Sendable, Equatable {
    package var call: CallID
    package var operationID: String
    package var startedAt: Int64
    package var project: String
    package var tags: UsageTags
    package var requestModel: String?
    package var requestedServiceTier: String?
    package var backgroundWindow: String?

    /// Creates the origin of an object from the record of the call that created it.
    package init(_ record: CallRecord) {
        call = record.id
        operationID = record.operationID
        startedAt = record.startedAtMicroseconds
        project = record.project
        tags = record.tags
        requestModel = record.requestModel
        requestedServiceTier = record.requestedServiceTier
        backgroundWindow = record.backgroundWindow
    }
}
