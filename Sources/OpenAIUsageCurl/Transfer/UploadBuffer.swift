/// The bytes of a request's body between their source, which is pulled, and libcurl, which asks for them.
///
/// A source is pulled when libcurl has asked, and then ahead of it up to a limit. What was sent first is kept as long as
/// it is short, since libcurl sends it again if a connection that it had kept turns out to be closed.
struct UploadBuffer: Sendable {
    /// What libcurl gets.
    enum Portion: Equatable {
        case bytes(Int)
        /// Nothing is there yet; it is told when something is.
        case pause
        case end
    }

    private let limit: Int
    private let length: Int?
    private var pieces: [ArraySlice<UInt8>] = []
    /// The place of the next byte to be sent.
    private var index = 0
    private var offset = 0
    private var waiting = 0
    private var received = 0
    private var sent = 0
    private var isRepeatable = true
    private var isAsked = false
    private var isEnded: Bool
    /// Whether libcurl was told to wait.
    private(set) var isStarved = false
    /// Whether a piece is being pulled.
    private(set) var isPulling = false
    /// Whether nothing more is sent, because the response has made it pointless.
    private(set) var isOver = false

    /// A body of bytes.
    init(_ bytes: [UInt8]) {
        limit = bytes.count
        length = bytes.count
        pieces = bytes.isEmpty ? [] : [bytes[...]]
        waiting = bytes.count
        received = bytes.count
        isEnded = true
    }

    /// A body whose pieces are pulled.
    init(length: Int?, limit: Int) {
        self.length = length
        self.limit = limit
        isEnded = false
    }

    /// Whether a piece should be pulled.
    var isWanted: Bool { isAsked && !isEnded && !isOver && !isPulling && waiting < limit }

    /// Whether libcurl has all of it.
    var isSent: Bool { isEnded && waiting == 0 }

    // MARK: - The source

    mutating func startPull() { isPulling = true }

    /// Takes a piece.
    ///
    /// - Returns: What is wrong with it, or `nil`.
    mutating func receive(_ piece: ArraySlice<UInt8>) -> String? {
        isPulling = false
        guard !isOver, !piece.isEmpty else { return nil }
        received += piece.count
        if let length, received > length {
            return "The request's body is longer than the \(length) bytes it was to have."
        }
        pieces.append(piece)
        waiting += piece.count
        return nil
    }

    /// Takes the end.
    ///
    /// - Returns: What is wrong with it, or `nil`.
    mutating func end() -> String? {
        isPulling = false
        guard !isOver else { return nil }
        isEnded = true
        guard let length, received < length else { return nil }
        return "The request's body ended after \(received) of the \(length) bytes it was to have."
    }

    /// Lets go of everything: nothing is sent any more, and who asks is made to wait.
    mutating func giveUp() {
        isOver = true
        pieces = []
        index = 0
        offset = 0
        waiting = 0
    }

    // MARK: - libcurl

    /// Fills a buffer.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Portion {
        isAsked = true
        guard waiting > 0 else {
            isStarved = isOver || !isEnded
            return isStarved ? .pause : .end
        }
        var count = 0
        while count < buffer.count, index < pieces.count {
            let piece = pieces[index].dropFirst(offset).prefix(buffer.count - count)
            piece.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: $0) }
            count += piece.count
            offset += piece.count
            if offset == pieces[index].count {
                index += 1
                offset = 0
            }
        }
        waiting -= count
        sent += count
        forget()
        return .bytes(count)
    }

    /// Whether libcurl waits, and need not any longer.
    var isReady: Bool { isStarved && (waiting > 0 || isEnded) && !isOver }

    /// libcurl is let ask again.
    mutating func unpause() { isStarved = false }

    /// Begins anew, if all that was sent is still there.
    mutating func rewind() -> Bool {
        guard isRepeatable, !isOver else { return false }
        index = 0
        offset = 0
        waiting += sent
        sent = 0
        isStarved = false
        return true
    }

    /// Lets go of what was sent and is too much to be kept.
    private mutating func forget() {
        guard sent > limit || !isRepeatable else { return }
        isRepeatable = false
        if index == pieces.count {
            pieces.removeAll(keepingCapacity: true)
        } else if index > 64 {
            pieces.removeFirst(index)
        } else {
            // A slice that stays keeps only what is its own.
            for position in 0..<index { pieces[position] = [] }
            return
        }
        index = 0
    }
}
