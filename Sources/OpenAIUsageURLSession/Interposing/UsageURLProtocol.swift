import Dispatch
import Foundation
import HTTPTypes
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Makes the calls of a session over another session, and meters them.
final class UsageURLProtocol<Number: ConfigurationNumber>: URLProtocol {
    private var call: InterposedCall?

    override class func canInit(with request: URLRequest) -> Bool {
        guard let scheme = request.url?.scheme?.lowercased(), scheme == "https" || scheme == "http" else {
            return false
        }
        #if canImport(FoundationNetworking)
        // The body of an upload task is not exposed here, so it would not be sent.
        return request.httpBody != nil || request.httpBodyStream != nil
            || !["POST", "PUT", "PATCH"].contains(request.httpMethod ?? "GET")
        #else
        return true
        #endif
    }

    override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }

    override func startLoading() {
        // A task that is resumed after a suspension continues its call.
        guard call == nil else { return }
        guard let entry = MeteredConfigurations.shared.entry(of: Self.self), !(task is URLSessionDownloadTask) else {
            client?.urlProtocol(self, didFailWithError: URLError(.unsupportedURL))
            return
        }
        let call = InterposedCall(self, entry)
        self.call = call
        call.start()
    }

    override func stopLoading() {
        if task?.state == .suspended { return }
        call?.stop()
        call = nil
    }
}
