import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import OpenAIUsageGateway

/// Errors of libraries, in this program's words.
enum ErrorMessage {
    /// Returns the error to show; errors of this program and the argument parser are returned unchanged.
    static func explained(_ error: any Error) -> any Error {
        switch error {
        case let error as IOError: CommandFailure(sentence(ErrorText.describe(error)))
        case let error as NIOConnectionError:
            CommandFailure("Cannot connect to \(error.host):\(error.port): \(ErrorText.describe(error)).")
        case is ChannelError, is SocketAddressError, is SocketAddressError.UnknownHost:
            CommandFailure(sentence(ErrorText.describe(error)))
        case let error as CocoaError: CommandFailure(file(error))
        case let error as POSIXError:
            CommandFailure(sentence(String(cString: strerror(error.code.rawValue)).lowercased()))
        default: error
        }
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private static func file(_ error: CocoaError) -> String {
        let path = error.filePath ?? error.url?.path ?? "a file"
        let reason =
            switch error.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or folder"
            case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
            case .fileWriteFileExists: "something else has that name"
            case .fileWriteOutOfSpace: "the disk is full"
            case .fileWriteVolumeReadOnly: "the file system is read-only"
            default: "it cannot be read or written"
            }
        return "\(path): \(reason)."
    }
}
