import Foundation

/// A small file system of its own, for which the test must run as root.
final class SmallFileSystem: Sendable {
    let path: String

    /// Whether file systems can be mounted here.
    static let isAvailable: Bool = SmallFileSystem(megabytes: 1) != nil

    init?(megabytes: Int) {
        path = NSTemporaryDirectory() + "ledger-mount-" + UUID().uuidString
        guard geteuid() == 0,
            (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil
        else { return nil }
        guard Self.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path]) else { return nil }
    }

    deinit {
        _ = Self.run("umount", ["-l", path])
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Forbids all writing.
    func makeReadOnly() -> Bool { Self.run("mount", ["-o", "remount,ro", path]) }

    private static func run(_ command: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
