import Dispatch
import Foundation

/// A temporary file for a request's body that is too long to be kept in memory; it goes away with its last user.
final class SpoolFile: Sendable {
    let url: URL
    private let handle: FileHandle
    private let queue = DispatchQueue(label: "oai-usage.spool")

    /// Creates an empty file, which nobody else may read.
    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "oai-usage-\(UUID().uuidString)")
        guard
            FileManager.default.createFile(
                atPath: url.path,
                contents: nil,
                attributes: [.posixPermissions: NSNumber(value: 0o600)]
            )
        else { throw CocoaError(.fileWriteUnknown) }
        handle = try FileHandle(forWritingTo: url)
    }

    deinit {
        try? handle.close()
        try? FileManager.default.removeItem(at: url)
    }

    /// Adds bytes, on a thread that may wait for the disk.
    func append(_ bytes: some Collection<UInt8> & Sendable) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [handle] in
                continuation.resume(with: Result { try handle.write(contentsOf: Data(bytes)) })
            }
        }
    }
}
