import CCurl
import OpenAIUsage

/// The library as it is loaded.
enum CurlLibrary {
    /// Whether the library is there to be used; it is told so once in a process.
    static func load() throws(TransportError) {
        guard initialisation == CURLE_OK else {
            throw TransportError(
                .failed,
                "libcurl cannot be used: \(String(cString: curl_easy_strerror(initialisation)))."
            )
        }
    }

    private static let initialisation = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// The version, as in 0x075801 for 7.88.1.
    static let version = Int(ccurl_version())

    /// Whether a caller may begin a transfer on its own thread: it has to wait for no name to be resolved there, and a
    /// connection that is closed raises no signal, not inside OpenSSL either (since 7.88).
    static let isReadyAtOnce = version >= 0x075800 && ccurl_resolves_aside()

    /// Whether several calls may share a connection of HTTP/2.
    ///
    /// Where a stream that waits for its reader holds up all the others of its connection (before 8.14), or ends with an
    /// error (8.16 and 8.17), each call has a connection of its own.
    static let multiplexesSoundly = version >= 0x080e00 && !(0x081000..<0x081200 ~= version)
}
