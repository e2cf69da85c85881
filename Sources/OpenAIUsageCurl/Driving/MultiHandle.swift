import CCurl
import OpenAIUsage

/// libcurl's multi handle.
///
/// SAFETY: only the holder of the driver role uses it (see ``CommandQueue``). The exception is `curl_multi_wakeup`, which
/// libcurl allows from any thread as long as the handle exists, and its callers hold a reference. The last reference, which
/// is released after all transfers have ended, closes the handle.
final class MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    init(_ settings: CurlSettings) throws(TransportError) {
        guard let pointer = curl_multi_init() else { throw TransportError(.failed, "libcurl has no memory.") }
        self.pointer = pointer
        let pipelining = settings.multiplexes ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING
        let codes = [
            ccurl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(pipelining)),
            ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, settings.maximumIdleConnections),
            ccurl_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.maximumConnections),
            ccurl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, settings.maximumConnectionsPerHost),
        ]
        guard codes.allSatisfy({ $0 == CURLM_OK }) else {
            throw TransportError(.failed, "libcurl refuses an option of its multi handle.")
        }
    }

    deinit { curl_multi_cleanup(pointer) }
}
