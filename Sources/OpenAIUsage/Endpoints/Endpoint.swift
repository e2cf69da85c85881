/// An endpoint of the API, named as the official SDKs name it (`chat.completions`, `responses`, `embeddings`, ...).
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The name; `other` for a path that the catalogue does not hold.
    public let name: String
    /// How the endpoint reports what it used.
    package let meter: Meter
    /// How often what it reports is to be counted.
    public let accounting: Accounting

    /// How often what an endpoint reports is to be counted.
    public enum Accounting: String, Sendable, CaseIterable {
        /// Every call uses anew.
        case everyCall = "every_call"
        /// The call shows an object that was, or will be, used once: count it at the first terminal sight of its id.
        case onceByObject = "once_by_object"
        /// The call uses nothing.
        case never
        /// The path is not known.
        case unknown
    }

    /// How an endpoint reports what it used, and in what shape.
    package enum Meter: UInt8, Sendable, CaseIterable {
        /// `/usage` of chat completions, streamed in a chunk.
        case chat
        /// `/usage` of the legacy completions, streamed in a chunk.
        case completions
        /// `/usage` of a response object, streamed in its terminal event.
        case responses
        /// As responses, but the body names no model.
        case compaction
        /// `/usage` of decisions, which have no id.
        case decisions
        /// `/usage` of embeddings.
        case embeddings
        /// `/usage` of images, streamed once per image; the model is in the request.
        case images
        /// Images by number, size and quality, all from the request.
        case imageUnits
        /// `/usage` of a transcription, in tokens or seconds; the model is in the request.
        case transcription
        /// A transcription whose answer never tells what it used.
        case translation
        /// Characters of the request, or `/usage` of the last event.
        case speech
        /// Seconds by size of a video object.
        case video
        /// `/usage` of a batch object.
        case batch
        /// A list of objects that were used, or will be, and each of which is counted where it is shown alone.
        case objectList
        /// Lines of JSON, one per request of a batch.
        case batchOutput
        /// `/trained_tokens` of a fine-tuning job.
        case fineTuningJob
        /// `/usage` of a model grader's run.
        case graderRun
        /// `/per_model_usage` of an evaluation's run.
        case evaluationRun
        /// `/usage` of a run of an assistant, streamed in events that only their names tell apart.
        case run
        /// `/usage` of an agent's session or turn.
        case agent
        /// Events of a realtime session, one a message.
        case realtime
        /// Events of a live session, one a message.
        case live
        /// Events of responses, one a message.
        case responsesSocket
        /// `/session/model`; what is used flows elsewhere.
        case session
        /// Memory and time of a container.
        case container
        /// Bytes that are stored.
        case storage
        /// Searches, counted by the call.
        case search
        /// Nothing is used; the object is kept, and its id is no response's.
        case stored
        /// Nothing is used, and nothing billed.
        case free
        /// The endpoint reports nothing that is understood.
        case none
    }

    package init(name: String, meter: Meter, accounting: Accounting = .everyCall) {
        self.name = name
        self.meter = meter
        self.accounting = accounting
    }

    /// The endpoint's name.
    public var description: String { name }

    /// Whether both have the same name.
    public static func == (left: Endpoint, right: Endpoint) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    package static let other = Endpoint(name: "other", meter: .none, accounting: .unknown)
}
