#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A body of a call, and how it is cut into reads.
struct Body {
    /// The bytes; they stay where they are as long as the process runs.
    let bytes: UnsafeBufferPointer<UInt8>
    let reads: [UnsafeBufferPointer<UInt8>]

    /// What a socket usually hands over at once.
    static let readLength = 16 * 1024

    /// Reads a file, and cuts it into reads of one length.
    init(contentsOf path: String, readLength: Int = Self.readLength) {
        self.init(Self.contents(of: path), readLength: readLength)
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, readLength: Int) {
        self.bytes = bytes
        reads = stride(from: 0, to: bytes.count, by: readLength).map { start in
            UnsafeBufferPointer(rebasing: bytes[start..<min(start + readLength, bytes.count)])
        }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, reads: [UnsafeBufferPointer<UInt8>]) {
        self.bytes = bytes
        self.reads = reads
    }

    /// The same body, with one event of its stream a read.
    var eventByEvent: Body {
        var reads: [UnsafeBufferPointer<UInt8>] = []
        var start = 0
        for index in bytes.indices.dropFirst() where bytes[index] == 0x0a && bytes[index - 1] == 0x0a {
            reads.append(UnsafeBufferPointer(rebasing: bytes[start...index]))
            start = index + 1
        }
        if start < bytes.count { reads.append(UnsafeBufferPointer(rebasing: bytes[start...])) }
        return Body(bytes, reads: reads)
    }

    private static func contents(of path: String) -> UnsafeBufferPointer<UInt8> {
        guard let file = fopen(path, "rb") else { stop("\(path) cannot be read; see README.md.") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let length = ftell(file)
        rewind(file)
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: length)
        guard fread(bytes.baseAddress, 1, length, file) == length else { stop("\(path) cannot be read whole.") }
        return UnsafeBufferPointer(bytes)
    }
}

/// Ends the program with a message.
func stop(_ message: String) -> Never {
    let line = message + "\n"
    _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(1)
}
