import CCurl
import OpenAIUsage

/// libcurl's multi handle.
///
/// SAFETY: only the thread whose turn it is uses it (see ``CommandQueue``), but for `curl_multi_wakeup`, which libcurl allows
/// any thread as long as the handle is there, and whoever calls it holds the handle. Whoever lets go of it last, after all
/// transfers, closes it.
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
