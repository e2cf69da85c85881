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
    /// What an error of AsyncHTTPClient means.
    init(_ error: any Error, isHeadReceived: Bool) {
        if let error = error as? TransportError {
            self = error
            return
        }
        let (code, text) = Self.meaning(of: error, isHeadReceived)
        self.init(code, text, underlying: error)
    }

    /// The system's errors of an attempt to connect.
    private static let connecting: Set<CInt> = [
        ECONNREFUSED, EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, ENOENT,
    ]

    private static func meaning(of error: any Error, _ isHeadReceived: Bool) -> (Code, String) {
        switch error {
        case is CancellationError: return (.cancelled, "The call was cancelled.")
        case let error as HTTPClientError: return meaning(of: error, isHeadReceived)
        case is NIOConnectionError: return (.unreachable, "No connection could be made: \(error).")
        case is SocketAddressError: return (.unreachable, "The host is not known.")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return isHeadReceived
                ? (.connectionLost, "The secure connection ended inside the response.")
                : (.unreachable, "No secure connection could be made: \(error).")
        case let error as IOError where !isHeadReceived && Self.connecting.contains(error.errnoCode):
            return (.unreachable, "No connection could be made: \(error).")
        case is IOError, is ChannelError:
            return (.connectionLost, "The connection ended inside the call.")
        default:
            return isHeadReceived
                ? (.connectionLost, "The response broke off.") : (.failed, "The call failed.")
        }
    }

    private static func meaning(of error: HTTPClientError, _ isHeadReceived: Bool) -> (Code, String) {
        switch error {
        // A client that is shut down cancels its calls; their tasks are not cancelled then.
        case .cancelled where !Task.isCancelled: (.shutDown, "The client was shut down inside the call.")
        case .cancelled, .requestStreamCancelled: (.cancelled, "The call was cancelled (\(error)).")
        case .readTimeout, .writeTimeout, .deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout,
            .socksHandshakeTimeout, .httpProxyHandshakeTimeout, .getConnectionFromPoolTimeout:
            (.timeout, "A time limit passed (\(error)).")
        case .alreadyShutdown: (.shutDown, "The client was shut down.")
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath, .traceRequestWithBody, .bodyLengthMismatch:
            (.invalidRequest, "The request cannot be sent (\(error)).")
        case .remoteConnectionClosed, .uncleanShutdown:
            (.connectionLost, "The connection ended inside the call (\(error)).")
        case .invalidProxyResponse, .proxyAuthenticationRequired:
            (.unreachable, "The proxy makes no connection (\(error)).")
        default: (isHeadReceived ? .connectionLost : .failed, "The call failed (\(error)).")
        }
    }
}
