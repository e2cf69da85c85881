import CZlib
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The destination of an export: stdout, or a file that appears when it is whole.
///
/// A file is written beside its place under a temporary name, synchronized, and then named; whoever reads it never sees a
/// part of it. A name that ends in `.gz` is compressed.
final class ExportOutput {
    private static let blockSize = 1 << 16

    /// The path of the file; `nil` for stdout.
    let path: String?
    private let replaces: Bool
    private let part: PartFile?
    private var descriptor: Int32 = -1
    private var compressor: gzFile?
    private var block: [UInt8] = []
    private var failure: CommandFailure?

    /// Opens the destination.
    ///
    /// - Parameters:
    ///   - path: The file; `nil` for stdout.
    ///   - replaces: True to replace a file that exists.
    /// - Throws: A ``CommandFailure`` if the file exists or cannot be created.
    init(path: String?, replaces: Bool) throws {
        self.path = path
        self.replaces = replaces
        block.reserveCapacity(Self.blockSize * 2)
        guard let path else {
            part = nil
            return
        }
        if FileManager.default.fileExists(atPath: path), !replaces { throw Self.exists(path) }
        if let problem = WritablePath.problem(path, makesFolders: false) {
            throw CommandFailure("\(path) cannot be written: \(problem).")
        }
        part = PartFile(besides: path)
        guard let part else { throw CommandFailure("\(path) cannot be written: \(Self.reason(errno)).") }
        descriptor = part.descriptor
        if path.hasSuffix(".gz") {
            compressor = gzdopen(dup(descriptor), "wb6")
            guard compressor != nil else {
                throw CommandFailure("\(path) cannot be compressed: \(Self.reason(errno)).")
            }
        }
    }

    deinit {
        if let compressor { gzclose(compressor) }
        guard descriptor >= 0 else { return }
        close(descriptor)
        part?.remove()
        part?.release()
    }

    /// Writes text; a failure is reported by the next ``check()``.
    func put(_ text: String) {
        block += text.utf8
        if block.count >= Self.blockSize { flush() }
    }

    /// Throws the first failure of writing.
    func check() throws {
        if let failure { throw failure }
    }

    /// Writes what is left, and gives the file its name.
    ///
    /// - Throws: A ``CommandFailure`` if the file cannot be written in full; then there is no file of this name, or the one
    ///   that was there before.
    func finish() throws {
        flush()
        try check()
        guard let path, let part else { return }
        defer { part.release() }
        if let compressor {
            self.compressor = nil
            guard gzclose(compressor) == Z_OK else { throw Self.failed(path, errno) }
        }
        guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw Self.failed(path, errno) }
        descriptor = -1
        // A link fails if somebody else has made the file meanwhile, which a rename would replace.
        if !replaces, link(part.path, path) == 0 {
            part.remove()
            return
        }
        let isTaken = !replaces && (errno == EEXIST || FileManager.default.fileExists(atPath: path))
        guard !isTaken, rename(part.path, path) == 0 else {
            let error = isTaken ? Self.exists(path) : Self.failed(path, errno)
            part.remove()
            throw error
        }
    }

    private func flush() {
        defer { block.removeAll(keepingCapacity: true) }
        guard failure == nil, !block.isEmpty else { return }
        guard let path else {
            StandardOutput.write(String(decoding: block, as: UTF8.self))
            return
        }
        if let compressor {
            let count = block.withUnsafeBytes { gzwrite(compressor, $0.baseAddress, UInt32($0.count)) }
            if Int(count) != block.count { failure = Self.failed(path, errno) }
            return
        }
        var written = 0
        while written < block.count {
            let count = block.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                failure = Self.failed(path, errno)
                return
            }
        }
    }

    private static func exists(_ path: String) -> CommandFailure {
        CommandFailure("\(path) exists; give another name, or --force to replace it.")
    }

    private static func failed(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure("\(path) cannot be written in full: \(reason(code)). Nothing of it was kept.")
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
