/// Collects the lines of a response's head, skipping interim responses before it and trailers after the body.
struct HeadCollector: Sendable {
    /// The effect of a line.
    enum Outcome: Equatable {
        /// The head is not complete yet, or the line was skipped.
        case goesOn
        /// The head is complete.
        case ends(status: Int)
        /// The head is longer than ``HeadCollector/limit``.
        case isTooLong
        /// The line is not part of an HTTP head.
        case isMalformed
        /// Another head begins after the final one: libcurl has repeated the request.
        case isRepeated
    }

    /// The maximum length of a head in bytes.
    static let limit = 256 * 1024

    /// The lines so far with their line ends, beginning with the status line.
    private(set) var bytes: [UInt8] = []
    /// The status of the current head.
    private(set) var status = 0
    private(set) var isComplete = false

    /// Processes a line, including its line end.
    mutating func receive(_ line: UnsafeBufferPointer<UInt8>) -> Outcome {
        // Lines after the head are trailers.
        if isComplete { return line.starts(with: "HTTP/".utf8) ? .isRepeated : .goesOn }
        if bytes.isEmpty {
            guard let status = Self.status(of: line) else { return .isMalformed }
            self.status = status
            bytes.reserveCapacity(1024)
        }
        guard bytes.count + line.count <= Self.limit else { return .isTooLong }
        if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            // Interim responses precede the final one, except for 101, after which no other follows.
            if 100..<200 ~= status, status != 101 {
                bytes.removeAll(keepingCapacity: true)
                return .goesOn
            }
            isComplete = true
            return .ends(status: status)
        }
        bytes.append(contentsOf: line)
        return .goesOn
    }

    /// Returns the bytes of the head and releases them.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Returns the code of a status line such as `HTTP/1.1 200 OK`.
    private static func status(of line: UnsafeBufferPointer<UInt8>) -> Int? {
        guard line.starts(with: "HTTP/".utf8), let space = line.firstIndex(of: UInt8(ascii: " ")),
            line.count >= space + 4
        else { return nil }
        var status = 0
        for byte in line[(space + 1)..<(space + 4)] {
            guard 0x30...0x39 ~= byte else { return nil }
            status = status * 10 + Int(byte - 0x30)
        }
        return status >= 100 ? status : nil
    }
}
