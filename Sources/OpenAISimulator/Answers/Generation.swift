/// What an answer of the text endpoints is made from.
///
/// It depends on the simulator's seed, the path, the request's JSON without `stream_options` and the directives, and
/// on nothing else: the same request has the same answer, byte for byte.
struct Generation: Sendable {
    /// The source of ids, text and padding.
    var hash: StableHash
    /// The model that answers.
    var model: String
    /// The service tier that answers.
    var tier: String
    var usage: ReportedUsage
    var text: AnswerText
    /// The number of alternative answers.
    var choiceCount = 1
    var finish: SimulationDirectives.Finish
    /// Whether the usage stands before the content.
    var usageComesFirst: Bool

    /// Midnight of 23 November 2026, UTC: no answer is older.
    private static let epoch = 1_795_392_000

    /// The second of creation, within a day after the epoch.
    var created: Int {
        Generation.epoch + Int(hash.derived(0x74) % 86_400)
    }

    /// An id of hexadecimal digits that is different for every `kind`.
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
