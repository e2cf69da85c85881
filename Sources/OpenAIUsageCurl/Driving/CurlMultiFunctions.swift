import CCurl

/// The functions of libcurl's multi interface that can fail while calls are in flight; tests replace them to make them fail.
struct CurlMultiFunctions: Sendable {
    /// `curl_multi_perform`.
    var perform: @Sendable (UnsafeMutableRawPointer) -> CURLMcode = { multi in
        var running: Int32 = 0
        return curl_multi_perform(multi, &running)
    }
    /// `curl_multi_poll`, with its time limit in milliseconds.
    var poll: @Sendable (UnsafeMutableRawPointer, Int32) -> CURLMcode = { multi, milliseconds in
        curl_multi_poll(multi, nil, 0, milliseconds, nil)
    }
    /// `curl_multi_add_handle`.
    var add: @Sendable (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> CURLMcode = { multi, handle in
        curl_multi_add_handle(multi, handle)
    }
    /// `curl_easy_pause` with `CURLPAUSE_CONT`.
    var resume: @Sendable (UnsafeMutableRawPointer) -> CURLcode = { handle in
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }
}
