import CCurl
import OpenAIUsage

/// The libcurl that is loaded.
enum CurlLibrary {
    /// Initializes the library, once per process.
    ///
    /// - Throws: `TransportError.Code.failed` if the initialization has failed.
    static func load() throws(TransportError) {
        guard initialization == CURLE_OK else {
            throw TransportError(
                .failed,
                "libcurl cannot be used: \(String(cString: curl_easy_strerror(initialization)))."
            )
        }
    }

    private static let initialization = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// The version, such as 0x075801 for 7.88.1.
    static let version = Int(ccurl_version())

    /// True if a caller may start a transfer on its own thread.
    ///
    /// Name resolution must not block that thread, and a closed connection must not raise SIGPIPE, not even from inside OpenSSL
    /// (7.88 or later).
    static let isReadyAtOnce = version >= 0x075800 && ccurl_resolves_aside()

    /// True if calls may share an HTTP/2 connection.
    ///
    /// Before 8.14, a stream that waits for its reader blocks the others of its connection; in 8.16 and 8.17 it ends with an
    /// error. With these versions, each call has a connection of its own.
    static let multiplexesSoundly = version >= 0x080e00 && !(0x081000..<0x081200 ~= version)
}
