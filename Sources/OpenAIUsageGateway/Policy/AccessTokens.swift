/// The access tokens of a listener.
///
/// A token file has one token per line; empty lines and lines that begin with `#` are ignored. Descriptions and mirrors
/// reveal no token.
public struct AccessTokens: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The minimum length of a token; shorter ones can be guessed.
    static let leastLength = 16
    /// The maximum length of a token.
    static let mostLength = 512
    /// The maximum number of tokens in a file; each call is compared with all of them.
    static let mostTokens = 1_024

    private let tokens: [[UInt8]]
    /// The lengths of the tokens, each once.
    private let lengths: [Int]
    /// Their hashes, which differ from process to process.
    private let hashes: Set<Int>

    /// The number of tokens.
    public var count: Int { tokens.count }

    /// Parses a token file.
    ///
    /// - Parameters:
    ///   - text: The contents; a byte order mark, and blanks and carriage returns around a token, are ignored.
    ///   - place: The file, for messages.
    /// - Throws: A ``GatewayError`` that names the line but never the token, if a line is not a valid token or the file has
    ///   none.
    public init(text: String, place: String) throws {
        var tokens: [[UInt8]] = []
        let bytes = Array(text.utf8)
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        let lines = bytes[start...].split(separator: Octets.lineFeed, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let token = Self.trimmed(line)
            guard let first = token.first, first != UInt8(ascii: "#") else { continue }
            let fault: String? =
                if !token.allSatisfy({ (0x21...0x7e).contains($0) }) {
                    "has a blank or a character that no header can carry; a line is one token and nothing else"
                } else if token.count < Self.leastLength {
                    "has less than \(Self.leastLength) characters and could be guessed; make one with: openssl rand -hex 32"
                } else if token.count > Self.mostLength {
                    "has more than \(Self.mostLength) characters"
                } else if tokens.count == Self.mostTokens {
                    "is beyond the \(Self.mostTokens) tokens that a file may have"
                } else {
                    nil
                }
            if let fault {
                throw GatewayError(code: .invalidConfiguration, message: "\(place):\(index + 1): The token \(fault).")
            }
            tokens.append(Array(token))
        }
        guard !tokens.isEmpty else {
            throw GatewayError(
                code: .invalidConfiguration,
                message:
                    "\(place) holds no token, so that nobody could get in: write one a line, as openssl rand -hex 32 makes it."
            )
        }
        self.tokens = tokens
        lengths = Set(tokens.map(\.count)).sorted()
        hashes = Set(tokens.map { $0.withUnsafeBytes { Self.hash($0) } })
    }

    /// The number of tokens.
    public var description: String { "\(count) tokens" }
    /// The number of tokens.
    public var debugDescription: String { description }
    /// An empty mirror.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// True if the bytes are one of the tokens.
    ///
    /// The time depends on the number of bytes and tokens, not on the position of a difference.
    func contains(_ candidate: UnsafeRawBufferPointer) -> Bool {
        var found = false
        for token in tokens where token.count == candidate.count {
            var difference: UInt8 = 0
            for index in token.indices { difference |= token[index] ^ candidate[index] }
            // No early return: the number of comparisons must not reveal which token matched.
            found = (difference == 0) || found
        }
        return found
    }

    /// True if one of the tokens stands in the bytes: between two characters that are none of a word, or the ends.
    func occurs(in bytes: UnsafeRawBufferPointer) -> Bool {
        var found = false
        var start = 0
        while start < bytes.count {
            // A token has no blanks.
            var end = start
            while end < bytes.count, bytes[end] > 0x20 { end += 1 }
            for place in start..<end where place == start || !Self.isWord(bytes[place - 1]) {
                for length in lengths where place + length <= end {
                    guard place + length == end || !Self.isWord(bytes[place + length]) else { continue }
                    let candidate = UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
                    // A head of nothing but boundaries is not compared with every token at each of them.
                    if hashes.contains(Self.hash(candidate)), contains(candidate) { found = true }
                }
            }
            start = end + 1
        }
        return found
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let first = line.first, Octets.isBlank(first) { line.removeFirst() }
        while let last = line.last, Octets.isBlank(last) || last == Octets.carriageReturn { line.removeLast() }
        return line
    }
}
