/// The bytes of a request's body between their source, which is pulled, and the client that sends them, which asks for them.
///
/// A source is pulled when the client has asked, and then ahead of it up to a limit. What was sent first is kept as long as
/// it is short, since libcurl, also below URLSession on Linux, sends it again if a connection that it had kept turns out to
/// be closed.
package struct UploadBuffer: Sendable {
    /// A result for the client.
    package enum Portion: Equatable {
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
    /// True if the client was told to wait.
    package private(set) var isStarved = false
    /// Whether a piece is being pulled.
    package private(set) var isPulling = false
    /// Whether nothing more is sent, because the response has made it pointless.
    package private(set) var isOver = false

    /// A body of bytes.
    package init(_ bytes: [UInt8]) {
        limit = bytes.count
        length = bytes.count
        pieces = bytes.isEmpty ? [] : [bytes[...]]
        waiting = bytes.count
        received = bytes.count
        isEnded = true
    }

    /// A body whose pieces are pulled.
    package init(length: Int?, limit: Int) {
        self.length = length
        self.limit = limit
        isEnded = false
    }

    /// Whether a piece should be pulled.
    package var isWanted: Bool { isAsked && !isEnded && !isOver && !isPulling && waiting < limit }

    /// True while there may be pieces to be pulled.
    package var isOpen: Bool { !isEnded && !isOver }

    /// True if the client has the whole body.
    package var isSent: Bool { isEnded && waiting == 0 }

    // MARK: - The source

    package mutating func startPull() { isPulling = true }

    /// Takes a piece.
    ///
    /// - Returns: What is wrong with it, or `nil`.
    package mutating func receive(_ piece: ArraySlice<UInt8>) -> String? {
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
    package mutating func end() -> String? {
        isPulling = false
        guard !isOver else { return nil }
        isEnded = true
        guard let length, received < length else { return nil }
        return "The request's body ended after \(received) of the \(length) bytes it was to have."
    }

    /// Lets go of everything: nothing is sent any more, and who asks is made to wait.
    package mutating func giveUp() {
        isOver = true
        pieces = []
        index = 0
        offset = 0
        waiting = 0
    }

    // MARK: - The client

    /// Fills a buffer.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Portion {
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

    /// True if the client waits and need not any longer.
    package var isReady: Bool { isStarved && (waiting > 0 || isEnded) && !isOver }

    /// Lets the client ask again.
    package mutating func unpause() { isStarved = false }

    /// Begins anew, if all that was sent is still there.
    package mutating func rewind() -> Bool {
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

/// The pieces of a request's body, pulled on behalf of the client that sends it.
///
/// SAFETY: one task pulls at a time, one piece after the other; whoever starts the next one waits for the last.
package final class UploadSource: @unchecked Sendable {
    private var iterator: Body.AsyncIterator

    package init(_ body: Body) { iterator = body.makeAsyncIterator() }

    /// Pulls a piece; `nil` at the end.
    ///
    /// - Throws: What the body throws.
    package func next() async throws -> ArraySlice<UInt8>? { try await iterator.next() }
}
