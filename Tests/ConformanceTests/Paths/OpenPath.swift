import OpenAIUsage

/// A path that is ready for calls, with its meter in it.
struct OpenPath: Sendable {
    /// What the caller calls.
    let transport: any Transport
    /// The port that the caller names.
    let port: Int
    /// Ends the transport, or the gateway, while a call is under way.
    var shutDown: @Sendable () async -> Void = {}
}
