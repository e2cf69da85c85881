import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Checks if a file can be written, without writing or locking it.
enum WritablePath {
    /// Returns the reason why a file cannot be written or created; `nil` if it can.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - makesFolders: True if missing parent folders would be created.
    ///   - mode: The access that an existing file must permit.
    /// - Returns: The reason, as part of a sentence.
    static func problem(_ path: String, makesFolders: Bool, mode: Int32 = W_OK) -> String? {
        var isFolder: ObjCBool = false
        let files = FileManager.default
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue { return "it is a folder" }
            return access(path, mode) == 0 ? nil : "its permissions forbid it"
        }
        var folder = (path as NSString).deletingLastPathComponent
        if folder.isEmpty { folder = "." }
        while makesFolders, !files.fileExists(atPath: folder), folder.contains("/"), folder != "/" {
            folder = (folder as NSString).deletingLastPathComponent
            if folder.isEmpty { folder = "." }
        }
        guard files.fileExists(atPath: folder, isDirectory: &isFolder) else { return "there is no folder \(folder)" }
        guard isFolder.boolValue else { return "\(folder) is not a folder" }
        return access(folder, W_OK | X_OK) == 0 ? nil : "the permissions of \(folder) forbid it"
    }

    /// Returns the reason why a file cannot be a ledger; `nil` if it can, or does not exist yet.
    static func ledgerProblem(_ path: String) -> String? {
        if let problem = problem(path, makesFolders: true, mode: R_OK | W_OK) { return problem }
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        let start = (try? file.read(upToCount: 16)) ?? Data()
        guard !start.isEmpty, start != Data("SQLite format 3\0".utf8) else { return nil }
        return "it is not an SQLite file"
    }
}
