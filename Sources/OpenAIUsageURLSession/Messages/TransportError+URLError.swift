import Foundation
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension TransportError {
    /// Creates an error from one of URLSession.
    init(_ error: any Error, isHeadReceived: Bool) {
        if let error = error as? TransportError {
            self = error
            return
        }
        guard let error = error as? URLError else {
            self.init(.failed, "The call failed for a reason that URLSession does not tell.", underlying: error)
            return
        }
        let (code, text) = Self.meaning(of: error.code, isHeadReceived)
        self.init(code, "\(text) (URLError \(error.code.rawValue)).", underlying: error)
    }

    private static func meaning(of code: URLError.Code, _ isHeadReceived: Bool) -> (Code, String) {
        switch code {
        case .cancelled: return (.cancelled, "The call was cancelled")
        case .timedOut:
            return (
                .timeout, "Nothing was received in time; see timeoutIntervalForRequest of the session's configuration"
            )
        case .badURL, .unsupportedURL, .dataLengthExceedsMaximum:
            return (.invalidRequest, "URLSession takes no request with this address, or with a body and this method")
        default: break
        }
        // On Linux, the code can be that of a failed attempt to connect, after which another one succeeded.
        if isHeadReceived {
            return (.connectionLost, "The connection ended inside the response; the call may have been billed")
        }
        switch code {
        case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet, .dataNotAllowed,
            .internationalRoamingOff, .callIsActive:
            return (.unreachable, "No connection could be made; check the host, its port, the network and the proxy")
        case .secureConnectionFailed, .serverCertificateHasBadDate, .serverCertificateUntrusted,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
            .clientCertificateRequired:
            return (
                .unreachable,
                "No secure connection could be made; check the certificate's date and name, and whom the system trusts"
            )
        case .networkConnectionLost, .badServerResponse, .cannotParseResponse, .resourceUnavailable:
            return (.connectionLost, "The connection ended before the response; the request may have been carried out")
        default:
            return (.failed, "The call failed for a reason that URLSession does not tell, such as one of TLS")
        }
    }
}
