package import NIOCore
import OpenAIUsageTestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes of every value in an order that looks random, to send and to recognise bodies of any length.
package enum Pattern {
    private static let period = 65_521
    private static let block: [UInt8] = {
        var generator = SplitMix64(seed: 0x5eed)
        return (0..<2 * period).reduce(into: [UInt8]()) { block, index in
            block.append(index < period ? UInt8(truncatingIfNeeded: generator.next()) : block[index - period])
        }
    }()

    /// The bytes from an offset on.
    package static func bytes(_ count: Int, from offset: Int = 0) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var position = offset
        while result.count < count {
            let start = position % period
            let length = min(count - result.count, period)
            result.append(contentsOf: block[start..<start + length])
            position += length
        }
        return result
    }

    /// Whether a buffer holds the bytes from an offset on.
    package static func matches(_ buffer: ByteBuffer, from offset: Int) -> Bool {
        buffer.withUnsafeReadableBytes { bytes in
            block.withUnsafeBytes { block in
                var position = 0
                while position < bytes.count {
                    let start = (offset + position) % period
                    let length = min(bytes.count - position, period)
                    guard let left = bytes.baseAddress, let right = block.baseAddress else { return true }
                    if memcmp(left + position, right + start, length) != 0 { return false }
                    position += length
                }
                return true
            }
        }
    }
}
