import CCurl

/// An easy handle of libcurl and the memory that it points to.
///
/// SAFETY: a handle belongs to the caller until its transfer is posted, then to the holder of the driver role until the
/// transfer is over, and then to the pool. The locks of the command queue and of the pool order these accesses.
final class EasyHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var header: UnsafeMutablePointer<curl_slist>?

    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(header)
        message.deallocate()
    }

    /// libcurl's message about the last failure, which may name hosts, files and certificates.
    var failure: String { String(cString: message) }

    /// True if a proxy has rejected the CONNECT request of the last transfer.
    var isAtProxy: Bool {
        var status = 0
        guard ccurl_get_long(pointer, CURLINFO_HTTP_CONNECTCODE, &status) == CURLE_OK else { return false }
        return status >= 300
    }

    /// False if no byte of the last transfer's request was sent, whatever its result was.
    var hasSentRequest: Bool {
        var sent = 0
        return ccurl_get_long(pointer, CURLINFO_REQUEST_SIZE, &sent) != CURLE_OK || sent > 0
    }

    /// Clears the options and the message of the last transfer, but not TLS sessions and resolved addresses.
    func reset() {
        curl_easy_reset(pointer)
        curl_slist_free_all(header)
        header = nil
        message.pointee = 0
    }

    // MARK: - Options

    /// Sets the options for a request.
    ///
    /// - Returns: The code of the first option that failed, or `CURLE_OK`.
    func prepare(_ request: CurlRequest, _ settings: CurlSettings) -> CURLcode {
        var options = Options(handle: pointer)
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(message))
        options.set(CURLOPT_NOPROGRESS, 1)
        options.set(CURLOPT_TCP_NODELAY, 1)
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        options.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        options.set(CURLOPT_PATH_AS_IS, 1)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectMilliseconds)
        options.set(CURLOPT_HTTP_VERSION, settings.httpVersion)
        if settings.multiplexes, request.url.hasPrefix("https:") { options.set(CURLOPT_PIPEWAIT, 1) }
        options.set(CURLOPT_PROXY, settings.proxies[request.url])
        options.set(CURLOPT_NOPROXY, settings.proxies.exceptions)
        if let file = settings.authorityFile { options.set(CURLOPT_CAINFO, file) }
        if let folder = settings.authorityFolder { options.set(CURLOPT_CAPATH, folder) }
        options.note(ccurl_set_quick_exit(pointer))
        options.set(CURLOPT_URL, request.url)
        for line in request.lines {
            let list = line.withUnsafeBytes { line in
                line.withMemoryRebound(to: CChar.self) { curl_slist_append(header, $0.baseAddress) }
            }
            guard let list else { return CURLE_OUT_OF_MEMORY }
            header = list
        }
        options.note(ccurl_set_list(pointer, CURLOPT_HTTPHEADER, header))
        options.set(request.content, request.method)
        return options.result
    }

    /// Sets the callbacks for the response, and for the request's body if it is not set as bytes.
    ///
    /// - Returns: The code of the first option that failed, or `CURLE_OK`.
    func connect(
        to context: UnsafeMutableRawPointer,
        header: @escaping curl_write_callback,
        body: @escaping curl_write_callback,
        upload: curl_write_callback?,
        rewind: ccurl_seek_callback?
    ) -> CURLcode {
        var options = Options(handle: pointer)
        options.note(ccurl_set_data_function(pointer, CURLOPT_HEADERFUNCTION, header))
        options.set(CURLOPT_HEADERDATA, context)
        options.note(ccurl_set_data_function(pointer, CURLOPT_WRITEFUNCTION, body))
        options.set(CURLOPT_WRITEDATA, context)
        if let upload, let rewind {
            options.note(ccurl_set_data_function(pointer, CURLOPT_READFUNCTION, upload))
            options.set(CURLOPT_READDATA, context)
            options.note(ccurl_set_seek_function(pointer, rewind))
            options.set(CURLOPT_SEEKDATA, context)
        }
        return options.result
    }

    /// Sets options and keeps the first error code.
    private struct Options {
        let handle: UnsafeMutableRawPointer
        private(set) var result = CURLE_OK

        init(handle: UnsafeMutableRawPointer) { self.handle = handle }

        mutating func note(_ code: CURLcode) {
            if result == CURLE_OK { result = code }
        }

        mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(handle, option, value)) }
        mutating func set(_ option: CURLoption, _ value: String) { note(ccurl_set_string(handle, option, value)) }
        mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
            note(ccurl_set_pointer(handle, option, value))
        }

        mutating func set(_ content: CurlRequest.Content, _ method: String) {
            var usual = "GET"
            switch content {
            case .none:
                if method == "HEAD" {
                    set(CURLOPT_NOBODY, 1)
                    usual = "HEAD"
                }
            case .short(let bytes):
                note(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
                bytes.withUnsafeBytes { bytes in
                    // An empty body needs a non-null pointer as well, or else libcurl would ask the read callback.
                    withUnsafeBytes(of: 0 as UInt8) { zero in
                        let start = bytes.baseAddress ?? zero.baseAddress
                        note(
                            ccurl_set_string(handle, CURLOPT_COPYPOSTFIELDS, start?.assumingMemoryBound(to: CChar.self))
                        )
                    }
                }
                usual = "POST"
            case .long(let bytes):
                set(CURLOPT_UPLOAD, 1)
                note(ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(bytes.count)))
                usual = "PUT"
            case .stream(_, let length):
                set(CURLOPT_UPLOAD, 1)
                note(ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, length.map { curl_off_t($0) } ?? -1))
                usual = "PUT"
            }
            if method != usual { set(CURLOPT_CUSTOMREQUEST, method) }
        }
    }
}
