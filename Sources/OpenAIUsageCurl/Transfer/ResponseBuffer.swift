/// The bytes of a response that wait for their reader, no more than a limit and one piece.
struct ResponseBuffer: Sendable {
    private let limit: Int
    private var bytes: [UInt8] = []
    /// Whether a piece was refused, so that it comes again when it is asked for.
    private(set) var isPaused = false

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { bytes.isEmpty }

    /// Takes a piece, unless too much waits already.
    mutating func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count < limit else {
            isPaused = true
            return false
        }
        bytes.append(contentsOf: piece)
        return true
    }

    /// Hands over all that waits, and whether more has to be asked for.
    mutating func take() -> (bytes: [UInt8], resumes: Bool) {
        defer {
            bytes = []
            isPaused = false
        }
        return (bytes, isPaused)
    }

    /// Lets go of everything.
    mutating func drop() {
        bytes = []
        isPaused = false
    }
}
