import Foundation
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension TransportError {
    /// What an error of URLSession means.
    init(_ error: any Error, isHeadReceived: Bool) {
        if let error = error as? TransportError {
            self = error
            return
        }
        guard let error = error as? URLError else {
            self.init(.failed, "The call failed.", underlying: error)
            return
        }
        let (code, text) = Self.meaning(of: error.code, isHeadReceived)
        self.init(code, "\(text) (URLError \(error.code.rawValue)).", underlying: error)
    }

    private static func meaning(of code: URLError.Code, _ isHeadReceived: Bool) -> (Code, String) {
        switch code {
        case .cancelled: return (.cancelled, "The call was cancelled")
        case .timedOut: return (.timeout, "Nothing was received in time")
        case .badURL, .unsupportedURL, .dataLengthExceedsMaximum: return (.invalidRequest, "The request cannot be sent")
        default: break
        }
        // On Linux the code can be that of an attempt to connect that another one made good.
        if isHeadReceived { return (.connectionLost, "The connection ended inside the response") }
        switch code {
        case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet, .dataNotAllowed,
            .internationalRoamingOff, .callIsActive:
            return (.unreachable, "No connection could be made")
        case .secureConnectionFailed, .serverCertificateHasBadDate, .serverCertificateUntrusted,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
            .clientCertificateRequired:
            return (.unreachable, "No secure connection could be made")
        case .networkConnectionLost, .badServerResponse, .cannotParseResponse, .resourceUnavailable:
            return (.connectionLost, "The connection ended before the response")
        default: return (.failed, "The call failed")
        }
    }
}
