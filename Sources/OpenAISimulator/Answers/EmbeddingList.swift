import NIOCore

/// The vectors of `/v1/embeddings`, one frame each.
///
/// Every vector of an answer has the same number of bytes, so that the length of the body is known in advance.
struct EmbeddingList: FrameSource {
    private let hash: StableHash
    private let vectorCount: Int
    private let dimensions: Int
    private let isBase64: Bool
    private let head: ByteBuffer
    private let tail: ByteBuffer
    private var index = 0

    let text = AnswerText.empty

    /// Creates the vectors of an answer.
    ///
    /// - Parameters:
    ///   - generation: The model, the usage and the source of the numbers.
    ///   - vectorCount: The number of inputs.
    ///   - dimensions: The length of each vector.
    ///   - isBase64: True to write a vector as the Base64 text of its little-endian `Float` values.
    init(_ generation: Generation, vectorCount: Int, dimensions: Int, isBase64: Bool) {
        hash = generation.hash
        self.vectorCount = vectorCount
        self.dimensions = dimensions
        self.isBase64 = isBase64
        var head = ByteBuffer(string: "{\n  \"object\": \"list\",\n  ")
        var tail = ByteBuffer(string: vectorCount == 0 ? "]" : "\n  ]")
        if generation.usageComesFirst {
            EmbeddingList.write(generation, to: &head)
            head.writeStaticString(",\n  ")
        } else {
            tail.writeStaticString(",\n  ")
            EmbeddingList.write(generation, to: &tail)
        }
        head.writeStaticString("\"data\": [")
        tail.writeStaticString("\n}\n")
        self.head = head
        self.tail = tail
    }

    /// The number of bytes of the whole body.
    var byteCount: Int {
        var total = head.readableBytes + tail.readableBytes
        for index in 0..<vectorCount {
            var buffer = ByteBuffer()
            writeOpening(index, to: &buffer)
            total += buffer.readableBytes + vectorByteCount + EmbeddingList.closing.utf8CodeUnitCount
        }
        return total
    }

    mutating func nextFrame() -> Frame? {
        defer { index += 1 }
        if index == vectorCount + 1 { return nil }
        if index == vectorCount { return Frame(head: vectorCount == 0 ? joined(head, tail) : tail) }
        var buffer = index == 0 ? head : ByteBuffer()
        buffer.reserveCapacity(minimumWritableBytes: vectorByteCount + 128)
        writeOpening(index, to: &buffer)
        if isBase64 { writeBase64(index, to: &buffer) } else { writeNumbers(index, to: &buffer) }
        buffer.writeStaticString(EmbeddingList.closing)
        return Frame(head: buffer)
    }

    private static let closing: StaticString = "\n    }"
    private static let numberSeparator: StaticString = ",\n        "

    private static func write(_ generation: Generation, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("\"model\": ")
        buffer.writeJSONString(generation.model)
        buffer.writeStaticString(",\n  \"usage\": {\n    \"prompt_tokens\": ")
        buffer.writeDecimal(generation.usage.inputTokens)
        buffer.writeStaticString(",\n    \"total_tokens\": ")
        buffer.writeDecimal(generation.usage.inputTokens)
        buffer.writeStaticString("\n  }")
    }

    private func joined(_ first: ByteBuffer, _ second: ByteBuffer) -> ByteBuffer {
        var joined = first
        joined.writeImmutableBuffer(second)
        return joined
    }

    private func writeOpening(_ index: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(index == 0 ? "\n    {\n" : ",\n    {\n")
        buffer.writeStaticString("      \"object\": \"embedding\",\n      \"index\": ")
        buffer.writeDecimal(index)
        buffer.writeStaticString(",\n      \"embedding\": ")
    }

    private var vectorByteCount: Int {
        if isBase64 { return 2 + (dimensions * 4 + 2) / 3 * 4 }
        return "[\n        ".utf8.count + dimensions * 11 + (dimensions - 1)
            * EmbeddingList.numberSeparator
            .utf8CodeUnitCount + "\n      ]".utf8.count
    }

    private func writeNumbers(_ index: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("[\n        ")
        for dimension in 0..<dimensions {
            if dimension > 0 { buffer.writeStaticString(EmbeddingList.numberSeparator) }
            // A minus sign replaces a digit, so that every number is 11 bytes long.
            let random = component(index, dimension)
            let isNegative = random & 1 == 1
            buffer.writeStaticString(isNegative ? "-0.0" : "0.0")
            var divisor: UInt64 = isNegative ? 1_000_000 : 10_000_000
            let digits = (random >> 1) % (divisor * 10)
            while divisor > 0 {
                buffer.writeInteger(UInt8(ascii: "0") + UInt8(digits / divisor % 10))
                divisor /= 10
            }
        }
        buffer.writeStaticString("\n      ]")
    }

    private func writeBase64(_ index: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("\"")
        var encoder = Base64Encoder()
        for dimension in 0..<dimensions {
            let random = component(index, dimension)
            let magnitude = Float((random >> 1) % 100_000_000) / 1_000_000_000
            let bits = (random & 1 == 1 ? -magnitude : magnitude).bitPattern
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                encoder.encode(UInt8(truncatingIfNeeded: bits >> shift), to: &buffer)
            }
        }
        encoder.finish(&buffer)
        buffer.writeStaticString("\"")
    }

    private func component(_ index: Int, _ dimension: Int) -> UInt64 {
        hash.derived(0xe000_0000 &+ UInt64(index) &* 0x10_0000 &+ UInt64(dimension))
    }
}
