import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Descriptions of network errors for a person: without type names and source files.
package enum ErrorText {
    /// Returns the description of an error, without a full stop.
    package static func describe(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: describe(error)
        case let error as IOError: describe(errno: error.errnoCode)
        case let error as SocketAddressError.UnknownHost: "the name \(error.host.prefix(128)) cannot be resolved"
        case is SocketAddressError: "the address cannot be used"
        case ChannelError.connectTimeout: "it did not answer in time"
        case is ChannelError: "the connection was closed"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: describeTLS(error)
        default: "an unexpected error"
        }
    }

    /// Returns the description of an error number.
    private static func describe(errno code: Int32) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET: "the connection was reset"
        case EHOSTUNREACH: "no route to the host"
        case ENETUNREACH: "the network is unreachable"
        case ETIMEDOUT: "it did not answer in time"
        case EMFILE, ENFILE: "no more files can be opened: raise the limit (ulimit -n)"
        case EACCES: "permission denied"
        case EADDRNOTAVAIL: "the address is not one of this machine's"
        case EADDRINUSE: "the address is taken"
        default: strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code) of the system"
        }
    }

    private static func describe(_ error: NIOConnectionError) -> String {
        if error.connectionErrors.isEmpty { return "the name \(error.host.prefix(128)) cannot be resolved" }
        var seen: [String] = []
        for failure in error.connectionErrors {
            let text = describe(failure.error)
            if !seen.contains(text) { seen.append(text) }
        }
        return seen.joined(separator: ", ")
    }

    /// The descriptions of TLS errors, by a marker in the library's own text.
    private static let reasons: [(mark: String, text: String)] = [
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted, or has expired"),
        ("unableToValidateCertificate", "its certificate is not trusted, or has expired"),
        ("noCertificateToValidate", "it shows no certificate"),
        ("failedToValidateHostname", "its certificate is for another name"),
        ("serverHostnameImpossibleToMatch", "its name can stand in no certificate"),
        ("WRONG_VERSION_NUMBER", "it does not speak TLS: is it http:// and not https://?"),
        ("HTTP_REQUEST", "it does not speak TLS: is it http:// and not https://?"),
        ("UNSUPPORTED_PROTOCOL", "it speaks no TLS 1.2 or later"),
        ("PROTOCOL_VERSION", "it speaks no TLS 1.2 or later"),
        ("CERTIFICATE_REQUIRED", "it wants a certificate of the client's"),
        ("HANDSHAKE_FAILURE", "it refused the handshake"),
        ("UNRECOGNIZED_NAME", "it does not know the name"),
        ("EOF during handshake", "it closed the connection within the handshake"),
        ("uncleanShutdown", "it closed the connection within the handshake"),
    ]

    private static func describeTLS(_ error: any Error) -> String {
        let text = String(describing: error)
        return reasons.first { text.contains($0.mark) }?.text ?? "the handshake failed"
    }
}

extension UpstreamFailure {
    /// Creates the failure that a network error means.
    init(_ error: any Error) {
        switch error {
        case let failure as UpstreamFailure: self = failure
        case ChannelError.connectTimeout: self = .connectTimeout
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = .untrusted(ErrorText.describe(error))
        default: self = .unreachable(ErrorText.describe(error))
        }
    }
}
