/// The buffer of a request's body between its source, which is pulled, and the client that sends it and reads on
/// demand.
///
/// The source is pulled once the client has read, and then ahead of it up to a limit. The first sent bytes are kept
/// while they are few, since libcurl, also below URLSession on Linux, sends them again if a reused connection turns out
/// to be closed.
package struct UploadBuffer: Sendable {
    /// The result of a read.
    package enum Portion: Equatable {
        case bytes(Int)
        /// No bytes are available yet; the client is resumed when there are.
        case pause
        case end
    }

    private let limit: Int
    private let length: Int?
    private var pieces: [ArraySlice<UInt8>] = []
    /// The position of the next byte to be sent.
    private var index = 0
    private var offset = 0
    private var waiting = 0
    private var received = 0
    private var sent = 0
    private var isRepeatable = true
    private var isAsked = false
    private var isEnded: Bool
    /// True if the client was told to pause.
    package private(set) var isStarved = false
    /// True while a piece is being pulled.
    package private(set) var isPulling = false
    /// True if nothing more is sent, because the response has made it pointless.
    package private(set) var isOver = false

    /// Creates a buffer of bytes.
    package init(_ bytes: [UInt8]) {
        limit = bytes.count
        length = bytes.count
        pieces = bytes.isEmpty ? [] : [bytes[...]]
        waiting = bytes.count
        received = bytes.count
        isEnded = true
    }

    /// Creates a buffer of a body that is pulled.
    package init(length: Int?, limit: Int) {
        self.length = length
        self.limit = limit
        isEnded = false
    }

    /// True if a piece should be pulled.
    package var isWanted: Bool { isAsked && !isEnded && !isOver && !isPulling && waiting < limit }

    /// True while further pieces may be pulled.
    package var isOpen: Bool { !isEnded && !isOver }

    /// True if the client has read the whole body.
    package var isSent: Bool { isEnded && waiting == 0 }

    // MARK: - The source

    package mutating func startPull() { isPulling = true }

    /// Adds a pulled piece.
    ///
    /// - Returns: The error message if the body is too long; else `nil`.
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

    /// Ends the body.
    ///
    /// - Returns: The error message if the body is too short; else `nil`.
    package mutating func end() -> String? {
        isPulling = false
        guard !isOver else { return nil }
        isEnded = true
        guard let length, received < length else { return nil }
        return "The request's body ended after \(received) of the \(length) bytes it was to have."
    }

    /// Drops everything: nothing more is sent, and further reads pause.
    package mutating func giveUp() {
        isOver = true
        pieces = []
        index = 0
        offset = 0
        waiting = 0
    }

    // MARK: - The client

    /// Fills the client's buffer.
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

    /// True if the client has paused and can be resumed.
    package var isReady: Bool { isStarved && (waiting > 0 || isEnded) && !isOver }

    /// Allows the client to read again.
    package mutating func unpause() { isStarved = false }

    /// Returns to the start; false if bytes that were sent are not there any more.
    package mutating func rewind() -> Bool {
        guard isRepeatable, !isOver else { return false }
        index = 0
        offset = 0
        waiting += sent
        sent = 0
        isStarved = false
        return true
    }

    /// Drops sent bytes that are too many to be kept.
    private mutating func forget() {
        guard sent > limit || !isRepeatable else { return }
        isRepeatable = false
        if index == pieces.count {
            pieces.removeAll(keepingCapacity: true)
        } else if index > 64 {
            pieces.removeFirst(index)
        } else {
            // The slots of the sent pieces stay, without their bytes.
            for position in 0..<index { pieces[position] = [] }
            return
        }
        index = 0
    }
}

/// The pieces of a request's body, pulled for the client that sends it.
///
/// SAFETY: one task pulls at a time, one piece after the other; the next one starts after the last has ended.
package final class UploadSource: @unchecked Sendable {
    private var iterator: Body.AsyncIterator

    package init(_ body: Body) { iterator = body.makeAsyncIterator() }

    /// Pulls a piece; `nil` at the end.
    ///
    /// - Throws: Any error of the body.
    package func next() async throws -> ArraySlice<UInt8>? { try await iterator.next() }
}
