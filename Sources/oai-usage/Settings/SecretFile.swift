import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file with a secret; error messages never contain its content.
struct SecretFile {
    /// The maximum size of a file, in bytes.
    private static let mostBytes = 1 << 20

    /// The file's text.
    let text: String
    /// A warning about the file's permissions; `nil` for none.
    let warning: String?

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - place: The setting that names the file, for messages.
    /// - Throws: A ``CommandFailure`` that names the setting and the file.
    init(path: String, place: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("\(place): there is no file \(path).")
        }
        guard !isFolder.boolValue, let data = Self.contents(path) else {
            throw CommandFailure("\(place): \(path) cannot be read: it is not a file, or its permissions forbid it.")
        }
        guard data.count <= Self.mostBytes, let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("\(place): \(path) must have one token or key per line.")
        }
        self.text = text
        warning = Self.warning(path)
    }

    /// Reads a file or pipe (such as a shell's process substitution), up to one byte more than the maximum size.
    private static func contents(_ path: String) -> Data? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var data = Data()
        do {
            while data.count <= mostBytes, let piece = try file.read(upToCount: mostBytes + 1 - data.count),
                !piece.isEmpty
            {
                data += piece
            }
        } catch {
            return nil
        }
        return data
    }

    /// Returns a warning if the file is readable by everyone; otherwise `nil`.
    static func warning(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return nil }
        return
            "The file \(path) can be read by everyone on this machine; forbid it with: chmod o-r \(ShellWord.quoted(path))"
    }
}
