import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that holds a secret, read so that no message repeats what it holds.
struct SecretFile {
    /// The most bytes of such a file; more is another file.
    private static let mostBytes = 1 << 20

    /// The text.
    let text: String
    /// What is to be said about the file's permissions; `nil` for nothing.
    let warning: String?

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - place: The setting that names it, for messages.
    /// - Throws: A ``CommandFailure`` that names the setting and the file.
    init(path: String, place: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("\(place): there is no file \(path).")
        }
        guard !isFolder.boolValue, let data = Self.contents(path) else {
            throw CommandFailure("\(place): \(path) cannot be read: it is no file, or its permissions forbid it.")
        }
        guard data.count <= Self.mostBytes, let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("\(place): \(path) is no text of one token or key a line.")
        }
        self.text = text
        warning = Self.warning(path)
    }

    /// What a file holds, up to a byte more than it may; also of a pipe, as shells make them of a command's output.
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

    /// A warning if anyone on the machine can read a file.
    static func warning(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return nil }
        return
            "The file \(path) can be read by everyone on this machine; forbid it with: chmod o-r \(ShellWord.quoted(path))"
    }
}
