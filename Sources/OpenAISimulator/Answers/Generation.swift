/// The source of an answer of the text endpoints.
///
/// It depends only on the simulator's seed, the path, the request's JSON without `stream_options`, and the directives: the
/// same request has the same answer, byte for byte.
struct Generation: Sendable {
    /// The seed of IDs, text and padding.
    var hash: StableHash
    /// The model in the answer.
    var model: String
    /// The service tier in the answer.
    var tier: String
    var usage: ReportedUsage
    var text: AnswerText
    /// The number of choices.
    var choiceCount = 1
    var finish: SimulationDirectives.Finish
    /// True if the usage precedes the content.
    var usageComesFirst: Bool

    /// Midnight of 23 November 2026, UTC, the earliest time of creation.
    private static let epoch = 1_795_392_000

    /// The time of creation in seconds since 1970, within a day after the epoch.
    var created: Int {
        Generation.epoch + Int(hash.derived(0x74) % 86_400)
    }

    /// Returns an ID of hexadecimal digits that is different for every `kind`.
    func identifier(_ prefix: String, digits: Int, kind: UInt64 = 0) -> String {
        prefix + HexText.make((0..<4).map { hash.derived(kind &* 16 &+ 0x1000 &+ $0) }, count: digits)
    }

    /// The fingerprint of the model's configuration.
    var fingerprint: String {
        var hash = StableHash(seed: 0xf9)
        hash.combine(model)
        return "fp_" + HexText.make([hash.value], count: 10)
    }

    /// The `finish_reason` of chat and legacy completions.
    var finishReason: String {
        finish == .completed ? "stop" : "length"
    }
}
