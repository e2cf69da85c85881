/// Gathers the lines of a response's head, passes over the interim ones before it and over the trailers behind the body.
struct HeadCollector: Sendable {
    /// What a line meant.
    enum Outcome: Equatable {
        /// There is more to come, or nothing that matters has come.
        case goesOn
        /// The head is whole; its status.
        case ends(status: Int)
        /// The head is longer than ``HeadCollector/limit``.
        case isTooLong
        /// A line is not one of a head.
        case isMalformed
        /// Another head begins behind the one that counts: libcurl has repeated the request.
        case isRepeated
    }

    /// The most bytes of a head.
    static let limit = 256 * 1024

    /// The lines so far, with their ends, the first of which is the status line.
    private(set) var bytes: [UInt8] = []
    /// The status of the head that is being read, or has been.
    private(set) var status = 0
    private(set) var isComplete = false

    /// Takes a line with its end.
    mutating func receive(_ line: UnsafeBufferPointer<UInt8>) -> Outcome {
        // What comes behind the head are the body's trailers.
        if isComplete { return line.starts(with: "HTTP/".utf8) ? .isRepeated : .goesOn }
        if bytes.isEmpty {
            guard let status = Self.status(of: line) else { return .isMalformed }
            self.status = status
            bytes.reserveCapacity(1024)
        }
        guard bytes.count + line.count <= Self.limit else { return .isTooLong }
        if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            // Interim responses precede the one that counts, but for 101, behind which there is none.
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

    /// Lets go of the head, which has been read.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// The code of a line such as `HTTP/1.1 200 OK`.
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
