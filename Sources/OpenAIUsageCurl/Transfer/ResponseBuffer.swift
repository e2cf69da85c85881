/// The buffered bytes of a response: at most a limit plus one piece.
struct ResponseBuffer: Sendable {
    private let limit: Int
    private var bytes: [UInt8] = []
    /// True if a piece was rejected, so that libcurl delivers it again after a resume.
    private(set) var isPaused = false

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { bytes.isEmpty }

    /// Appends a piece; false if the buffer is full, which pauses the transfer.
    mutating func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count < limit else {
            isPaused = true
            return false
        }
        bytes.append(contentsOf: piece)
        return true
    }

    /// Returns all buffered bytes, and true if the transfer has to be resumed.
    mutating func take() -> (bytes: [UInt8], resumes: Bool) {
        defer {
            bytes = []
            isPaused = false
        }
        return (bytes, isPaused)
    }

    /// Discards all bytes.
    mutating func drop() {
        bytes = []
        isPaused = false
    }
}
