/// An endpoint of the API, named as the official SDKs name it (`chat.completions`, `responses`, `embeddings`, ...).
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The name; `other` for a path that the catalogue does not hold.
    public let name: String
    /// How the endpoint reports what it used.
    package let meter: Meter

    /// How an endpoint reports what it used.
    package enum Meter: UInt8, Sendable {
        /// `/usage` of chat completions, streamed in a chunk.
        case chat
        /// `/usage` of the legacy completions, streamed in a chunk.
        case completions
        /// `/usage` of a response object, streamed in its terminal event.
        case responses
        /// `/usage` of embeddings.
        case embeddings
        /// Nothing is used, and nothing billed.
        case free
        /// The endpoint reports nothing that is understood.
        case none
    }

    package init(name: String, meter: Meter) {
        self.name = name
        self.meter = meter
    }

    /// The endpoint's name.
    public var description: String { name }
}
