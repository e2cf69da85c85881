/// An answer, and how it is to be sent.
struct Reply {
    /// What happens while an answer is sent.
    struct Delivery: Sendable {
        var delayMilliseconds = 0
        var chunkDelayMilliseconds = 0
        /// The largest number of bytes sent at a time.
        var split: Int?
        var cutAfterChunks: Int?
        var cutAfterBytes: Int?
        /// Whether nothing is ever sent.
        var hangs = false
        /// Whether the connection is closed behind the answer.
        var closes = false

        /// Whether the connection is closed at once, even while the client is still sending its request.
        var closesHard = false

        /// Whether nothing special happens.
        var isPlain: Bool {
            delayMilliseconds == 0 && split == nil && cutAfterChunks == nil && cutAfterBytes == nil && !hangs
        }

        /// Sends as fast as the client reads.
        init() {}

        /// What the directives ask for.
        init(_ directives: SimulationDirectives) {
            delayMilliseconds = directives.delayMilliseconds ?? 0
            chunkDelayMilliseconds = directives.chunkDelayMilliseconds ?? 0
            split = directives.split
            cutAfterChunks = directives.cutAfterChunks
            cutAfterBytes = directives.cutAfterBytes
            hangs = directives.hangs
            closes = directives.closes
            closesHard = directives.closes
        }
    }

    /// The number of the attempt.
    var number: UInt64
    var head: ResponseHead
    var body: ReplyBody
    var delivery = Delivery()
}
