import Foundation

/// The identity and the state of a file, read from its name or a descriptor without opening the file.
struct FileFacts: Sendable, Equatable {
    private(set) var device: UInt64
    private(set) var number: UInt64
    /// The size in bytes.
    private(set) var size: Int64
    /// The number of hard links; 0 for an open file that was removed.
    private(set) var links: UInt64
    /// The time of the last change of content, in nanoseconds since 1970.
    private(set) var modified: Int64
    /// The time of the last change of content or attributes, in nanoseconds since 1970; no program can set it.
    private(set) var changed: Int64

    /// Creates the facts of the file at a path, following links; `nil` if there is none.
    init?(_ path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        self.init(information)
    }

    private init(_ information: stat) {
        device = UInt64(information.st_dev)
        number = UInt64(information.st_ino)
        size = Int64(information.st_size)
        links = UInt64(information.st_nlink)
        #if canImport(Darwin)
        let (modification, change) = (information.st_mtimespec, information.st_ctimespec)
        #else
        let (modification, change) = (information.st_mtim, information.st_ctim)
        #endif
        modified = Int64(modification.tv_sec) * 1_000_000_000 + Int64(modification.tv_nsec)
        changed = Int64(change.tv_sec) * 1_000_000_000 + Int64(change.tv_nsec)
    }

    /// True if both are the same file, regardless of its content.
    func isSameFile(as other: FileFacts?) -> Bool { device == other?.device && number == other?.number }

    /// True if the content may have changed in between.
    func isWritten(since other: FileFacts?) -> Bool {
        size != other?.size || modified != other?.modified || changed != other?.changed
    }

    /// The present facts of a file that this process has open, even if it was removed.
    ///
    /// Descriptors are only inspected, never closed.
    ///
    /// - Returns: The facts; `nil` if no descriptor of the file is found.
    func ofOpenFile() -> FileFacts? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        for case let descriptor? in names.lazy.map({ Int32($0) }) {
            var information = stat()
            guard fstat(descriptor, &information) == 0 else { continue }
            let facts = FileFacts(information)
            if facts.isSameFile(as: self) { return facts }
        }
        return nil
    }
}
