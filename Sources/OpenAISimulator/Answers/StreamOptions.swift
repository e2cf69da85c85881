/// The options of a stream, apart from its content.
struct StreamOptions: Sendable {
    /// True if every chunk has a member `usage`, and one chunk its value.
    var includesUsage: Bool
    /// True if deltas are padded with random text.
    var includesObfuscation: Bool
    var lineEnd: SimulationDirectives.LineEnd
    /// True if an error ends the stream after half of the text.
    var failsMidstream: Bool

    /// Creates the options from a request's body and its directives.
    init(body: JSONValue, directives: SimulationDirectives) {
        let options = body["stream_options"]
        includesUsage = options?["include_usage"]?.flag == true && !directives.isWithoutUsage
        includesObfuscation = options?["include_obfuscation"]?.flag != false
        lineEnd = directives.lineEnd
        failsMidstream = directives.failsMidstream
    }
}
