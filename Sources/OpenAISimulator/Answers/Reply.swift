/// An answer and its delivery.
struct Reply {
    /// The way in which an answer is sent: delays, slices, interruptions.
    struct Delivery: Sendable {
        var delayMilliseconds = 0
        var chunkDelayMilliseconds = 0
        /// The maximum number of bytes sent at a time; `nil` for no limit.
        var split: Int?
        var cutAfterChunks: Int?
        var cutAfterBytes: Int?
        /// True if nothing is ever sent.
        var hangs = false
        /// True if the connection is closed after the answer.
        var closes = false

        /// True if the connection is closed at once, even while the client still sends its request.
        var closesHard = false

        /// True if there are no delays, slices or interruptions.
        var isPlain: Bool {
            delayMilliseconds == 0 && split == nil && cutAfterChunks == nil && cutAfterBytes == nil && !hangs
        }

        /// Creates a delivery as fast as the client reads.
        init() {}

        /// Creates the delivery that directives ask for.
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
