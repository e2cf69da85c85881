import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import OpenAIUsage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension TransportError {
    /// Creates an error from one of AsyncHTTPClient.
    init(_ error: any Error, isHeadReceived: Bool) {
        if let error = error as? TransportError {
            self = error
            return
        }
        let (code, text) = Self.meaning(of: error, isHeadReceived)
        let isUnsent = !isHeadReceived && (error as? HTTPClientError).map { Self.unsent.contains($0) } ?? false
        self.init(code, text, underlying: error, isRequestUnsent: isUnsent ? true : nil)
    }

    /// The client's errors that occur before a connection is ready, so that no byte of the request was sent.
    private static let unsent: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout,
        .getConnectionFromPoolTimeout, .alreadyShutdown,
    ]

    /// The values of `errno` that mean a failed attempt to connect.
    private static let connecting: Set<CInt> = [
        ECONNREFUSED, EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, ENOENT,
    ]

    private static func meaning(of error: any Error, _ isHeadReceived: Bool) -> (Code, String) {
        switch error {
        case is CancellationError: return (.cancelled, "The call was cancelled.")
        case let error as HTTPClientError: return meaning(of: error, isHeadReceived)
        case let error as NIOConnectionError: return (.unreachable, text(of: error))
        case is SocketAddressError:
            return (.unreachable, "The host's name is not known; check it, and the name server.")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return isHeadReceived
                ? (.connectionLost, "The secure connection ended inside the response; the call may have been billed.")
                : (
                    .unreachable,
                    """
                    No secure connection could be made\(reason(of: error)); check the certificate's date and name, and which \
                    authorities are trusted.
                    """
                )
        case let error as IOError where !isHeadReceived && Self.connecting.contains(error.errnoCode):
            return (.unreachable, "No connection could be made: \(text(of: error.errnoCode)).")
        case is IOError, is ChannelError:
            return (.connectionLost, "The connection ended inside the call; the request may have been carried out.")
        default:
            return isHeadReceived
                ? (.connectionLost, "The response broke off; the call may have been billed.")
                : (.failed, "The call failed for a reason that AsyncHTTPClient does not tell.")
        }
    }

    /// Returns a message about failed attempts to connect.
    private static func text(of error: NIOConnectionError) -> String {
        let place = "\(error.host):\(error.port)"
        if error.connectionErrors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil {
            return "The host's name in \(place) is not known; check it, and the name server."
        }
        let reasons = Set(error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }).sorted()
        let detail = reasons.isEmpty ? "" : ": " + reasons.map { text(of: $0) }.joined(separator: ", ")
        return "No connection to \(place) could be made\(detail); check the host, its port, the network and the proxy."
    }

    /// Returns the system's message for a value of `errno`.
    private static func text(of code: CInt) -> String {
        let text = strerror(code).map { String(cString: $0) } ?? "an error of the system"
        return "\(text) (errno \(code))"
    }

    /// Returns BoringSSL's name of the failure in parentheses, such as `CERTIFICATE_VERIFY_FAILED`; empty if there is none.
    private static func reason(of error: any Error) -> String {
        let text = String(describing: error)
        guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return "" }
        let name = text[mark.upperBound...].prefix { $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) }
        return name.isEmpty ? "" : " (\(name))"
    }

    private static func meaning(of error: HTTPClientError, _ isHeadReceived: Bool) -> (Code, String) {
        switch error {
        // A client that is shut down cancels its calls, without cancelling their tasks.
        case .cancelled where !Task.isCancelled: (.shutDown, "The client was shut down inside the call.")
        case .cancelled, .requestStreamCancelled: (.cancelled, "The call was cancelled.")
        case .readTimeout, .writeTimeout, .deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout,
            .socksHandshakeTimeout, .httpProxyHandshakeTimeout, .getConnectionFromPoolTimeout:
            (.timeout, "A time limit of the client's configuration passed (\(error)).")
        case .alreadyShutdown: (.shutDown, "The client was shut down before the call.")
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath, .traceRequestWithBody, .bodyLengthMismatch:
            (.invalidRequest, "The request cannot be sent (\(error)).")
        case .remoteConnectionClosed, .uncleanShutdown:
            (.connectionLost, "The connection ended inside the call; the request may have been carried out (\(error)).")
        case .invalidProxyResponse, .proxyAuthenticationRequired:
            (.unreachable, "The proxy makes no connection; check its address and its credentials (\(error)).")
        default: (isHeadReceived ? .connectionLost : .failed, "The call failed (\(error)).")
        }
    }
}
