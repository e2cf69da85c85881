/// What shapes a stream without being part of its content.
struct StreamOptions: Sendable {
    /// Whether every chunk has a member `usage`, and one chunk carries it.
    var includesUsage: Bool
    /// Whether deltas are padded with random text.
    var includesObfuscation: Bool
    var lineEnd: SimulationDirectives.LineEnd
    /// Whether an error ends the stream after half of the text.
    var failsMidstream: Bool

    /// The options of a request's body and its directives.
    init(body: JSONValue, directives: SimulationDirectives) {
        let options = body["stream_options"]
        includesUsage = options?["include_usage"]?.flag == true && !directives.isWithoutUsage
        includesObfuscation = options?["include_obfuscation"]?.flag != false
        lineEnd = directives.lineEnd
        failsMidstream = directives.failsMidstream
    }
}
