#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// The first place of other bytes.
    package func range(of other: [UInt8]) -> Range<Int>? {
        guard let last = other.last, other.count <= count else { return other.isEmpty ? startIndex..<startIndex : nil }
        let offset = withContiguousStorageIfAvailable { bytes in
            other.withUnsafeBufferPointer { other -> Int? in
                guard let start = bytes.baseAddress, let wanted = other.baseAddress else { return nil }
                var position = other.count - 1
                // The last byte is looked for: what is searched most is the end of a line or of a header.
                while position < bytes.count,
                    let found = memchr(start + position, Int32(last), bytes.count - position)
                {
                    let end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - start
                    if memcmp(start + (end - other.count + 1), wanted, other.count) == 0 {
                        return end - other.count + 1
                    }
                    position = end + 1
                }
                return nil
            }
        }
        guard let offset, let offset else { return nil }
        return startIndex + offset..<startIndex + offset + other.count
    }
}
