import OpenAIUsageTestSupport

/// Changes of a message at random, of the kinds that confuse parsers.
enum Mutation {
    private static let pieces: [String] = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", ":", ",", ";", "\"", "\u{7f}", "\u{80}", "\u{a0}", "\u{ff}",
        "0",
        "1", "a", "/", "#", "*", "HTTP/1.1", "HTTP/1.0", "chunked", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "Connection: close\r\n", "0\r\n\r\n", "3\r\nabc\r\n",
        "X: y\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "-", "+", "_", "0x", " \r\n", "\r\n ",
    ]

    /// One to three changes of a byte, or of a stretch.
    static func change(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0:
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1:
                bytes.remove(at: place)
            case 2:
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3:
                let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 4:
                bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
            default:
                bytes.insert(contentsOf: Latin1.bytes(pieces.randomElement(using: &random) ?? ""), at: place)
            }
        }
        return bytes
    }
}
