public import CCurl
import HTTPTypes
public import OpenAIUsage

/// A metered call on an easy handle of the program's own, with one record however it ends.
///
/// ```swift
/// var call = ccurl_call()
/// // … url, fields, body, write …
/// let result = try MeteredHandle(handle, call, meter: meter).perform()
/// ```
///
/// libcurl does not return the callbacks and the request that were set on a handle. So they are passed in a `ccurl_call`, and
/// set on the handle together with the meter's own callbacks. All other options remain the program's. A program that drives
/// its handles with a multi handle calls ``end(_:)`` instead of ``perform()``. C programs call `ccurl_metered`, or
/// `ccurl_metered_begin` and `ccurl_metered_end`.
///
/// If the program lets libcurl follow redirects or repeat a request for authentication, this is one record with the status
/// of the last response. Setting the callbacks or the request on the handle again bypasses the meter.
///
/// Use it on one thread at a time, as the handle itself. Releasing it before the end records the call as abandoned.
public final class MeteredHandle {
    private let handle: UnsafeMutableRawPointer
    private let call: ccurl_call
    private let exchange: Exchange
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var head = HeadCollector()
    /// The last complete head, until it is passed to the exchange.
    private var waitingHead: HTTPResponse?
    private var isHeadReceived = false
    /// The position in the request's body, and the length of its metered prefix.
    private var position = 0
    private var seen = 0
    private var isEnded = false

    /// Sets a call on a handle and starts to meter it.
    ///
    /// - Parameters:
    ///   - handle: The easy handle.
    ///   - call: The request and the callbacks for the response. The memory that it points to must stay valid until the end.
    ///   - meter: The meter that records the call.
    ///   - context: The tags, the operation and the attempt number of the call.
    /// - Throws: `TransportError.Code.invalidRequest` if there is no HTTP URL or the method is invalid,
    ///   `TransportError.Code.failed` if libcurl rejects an option.
    public init(
        _ handle: UnsafeMutableRawPointer,
        _ call: ccurl_call,
        meter: UsageMeter,
        context: CallContext = CallContext()
    ) throws(TransportError) {
        guard let request = HTTPRequest(call) else {
            throw TransportError(.invalidRequest, "The call has no HTTP URL, or an invalid method.")
        }
        self.handle = handle
        self.call = call
        exchange = meter.exchange(for: request, context: context)
        if let body = call.body, call.body_length > 0 {
            exchange.receive(requestBody: UnsafeRawBufferPointer(start: body, count: Int(call.body_length)).bytes)
        }
        guard connect() else {
            disconnect()
            throw TransportError(.failed, "libcurl refuses an option of the call.")
        }
    }

    deinit {
        finish(.abandoned)
    }

    /// Performs the call with `curl_easy_perform`, ends it and returns libcurl's result.
    public func perform() -> CURLcode {
        let result = curl_easy_perform(handle)
        end(result)
        return result
    }

    /// Ends the call with libcurl's result and restores the program's callbacks; only the first call has an effect.
    public func end(_ result: CURLcode) {
        switch result {
        case CURLE_OK: finish(.completed)
        // One of the program's callbacks has stopped the transfer.
        case CURLE_ABORTED_BY_CALLBACK, CURLE_WRITE_ERROR, CURLE_READ_ERROR: finish(.abandoned)
        default:
            var status = 0
            _ = ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            // The head may be that of a proxy whose connection was not used for the request.
            if status == 0, !isHeadReceived { waitingHead = nil }
            var error = TransportError(result, isAtProxy: false, detail: "")
            // No byte of the request has been sent, whatever the result is.
            var sent = 0
            if ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK, sent == 0 {
                error?.isRequestUnsent = true
            }
            finish(error.map { TransportEnd($0, isHeadReceived: isHeadReceived || waitingHead != nil) } ?? .completed)
        }
    }

    private func finish(_ ending: TransportEnd) {
        guard !isEnded else { return }
        isEnded = true
        passHead()
        exchange.finish(ending)
        disconnect()
    }

    // MARK: - The handle

    private func connect() -> Bool {
        var codes = [
            ccurl_set_string(handle, CURLOPT_URL, call.url),
            ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, call.method),
            ccurl_set_string(handle, CURLOPT_ACCEPT_ENCODING, call.accept_encoding),
        ]
        if call.body != nil {
            codes.append(ccurl_set_long(handle, CURLOPT_POST, 1))
            codes.append(ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, call.body_length))
            codes.append(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: call.body)))
        } else if call.read != nil {
            codes.append(ccurl_set_long(handle, CURLOPT_UPLOAD, 1))
            codes.append(ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, call.body_length))
            if call.method == nil { codes.append(ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, "POST")) }
        } else if call.method.map({ String(cString: $0) }) == "HEAD" {
            codes.append(ccurl_set_long(handle, CURLOPT_NOBODY, 1))
        } else {
            codes.append(ccurl_set_long(handle, CURLOPT_HTTPGET, 1))
        }
        var source = call.fields
        while let field = source {
            source = UnsafePointer(field.pointee.next)
            guard let line = field.pointee.data else { continue }
            if HTTPField(libcurlLine: String(cString: line))?.name == .usageTags { continue }
            guard let list = curl_slist_append(fields, line) else { return false }
            fields = list
        }
        codes.append(ccurl_set_list(handle, CURLOPT_HTTPHEADER, fields))
        codes += setFunctions(to: Unmanaged.passUnretained(self).toOpaque())
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    private func setFunctions(to context: UnsafeMutableRawPointer) -> [CURLcode] {
        var codes = [
            ccurl_set_data_function(handle, CURLOPT_HEADERFUNCTION, Self.header),
            ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context),
            ccurl_set_data_function(handle, CURLOPT_WRITEFUNCTION, Self.write),
            ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context),
        ]
        guard call.body == nil, call.read != nil else { return codes }
        codes.append(ccurl_set_data_function(handle, CURLOPT_READFUNCTION, Self.read))
        codes.append(ccurl_set_pointer(handle, CURLOPT_READDATA, context))
        codes.append(ccurl_set_seek_function(handle, Self.seek))
        codes.append(ccurl_set_pointer(handle, CURLOPT_SEEKDATA, context))
        return codes
    }

    /// Restores the program's callbacks, since the meter's would point to a released object.
    private func disconnect() {
        _ = ccurl_set_data_function(handle, CURLOPT_HEADERFUNCTION, call.header)
        _ = ccurl_set_pointer(handle, CURLOPT_HEADERDATA, call.header_context)
        _ = ccurl_set_data_function(handle, CURLOPT_WRITEFUNCTION, call.write)
        _ = ccurl_set_pointer(handle, CURLOPT_WRITEDATA, call.write_context)
        _ = ccurl_set_data_function(handle, CURLOPT_READFUNCTION, call.read)
        _ = ccurl_set_pointer(handle, CURLOPT_READDATA, call.read_context)
        _ = ccurl_set_seek_function(handle, call.seek)
        _ = ccurl_set_pointer(handle, CURLOPT_SEEKDATA, call.seek_context)
        _ = ccurl_set_list(handle, CURLOPT_HTTPHEADER, nil)
        curl_slist_free_all(fields)
        fields = nil
    }

    // MARK: - Observation

    private func receive(headLine line: UnsafeRawBufferPointer) {
        let line = line.bindMemory(to: UInt8.self)
        var outcome = head.receive(line)
        if outcome == .isRepeated {
            // After a redirect, a proxy's response to CONNECT, or a repeated request.
            head = HeadCollector()
            outcome = head.receive(line)
        }
        guard case .ends(let status) = outcome else { return }
        let bytes = head.take()
        waitingHead = HTTPResponse(head: bytes, status: status)
    }

    /// Passes the last head to the exchange, when the body begins or the call ends.
    private func passHead() {
        guard var head = waitingHead else { return }
        waitingHead = nil
        isHeadReceived = true
        // With CURLOPT_ACCEPT_ENCODING, libcurl delivers the body decoded.
        if call.accept_encoding != nil { head.headerFields[.contentEncoding] = nil }
        exchange.receive(head: head)
    }

    private func receive(body bytes: UnsafeRawBufferPointer) {
        passHead()
        exchange.receive(body: bytes.bytes)
    }

    private func send(_ bytes: UnsafeRawBufferPointer) {
        let known = max(0, seen - position)
        position += bytes.count
        // Bytes that are sent again have been metered before.
        guard known < bytes.count else { return }
        exchange.receive(requestBody: UnsafeRawBufferPointer(rebasing: bytes[known...]).bytes)
        seen = position
    }

    // MARK: - Callbacks

    private static let header: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let metered = of(context)
        metered.receive(headLine: UnsafeRawBufferPointer(start: bytes, count: size * count))
        return metered.call.header?(bytes, size, count, metered.call.header_context) ?? (size * count)
    }

    private static let write: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let metered = of(context)
        let taken = metered.call.write?(bytes, size, count, metered.call.write_context) ?? (size * count)
        // If the program pauses the transfer, libcurl delivers the same bytes again.
        if taken == size * count { metered.receive(body: UnsafeRawBufferPointer(start: bytes, count: taken)) }
        return taken
    }

    private static let read: curl_read_callback = { buffer, size, count, context in
        guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
        let metered = of(context)
        guard let given = metered.call.read?(buffer, size, count, metered.call.read_context) else { return 0 }
        if given > 0, given <= size * count { metered.send(UnsafeRawBufferPointer(start: buffer, count: given)) }
        return given
    }

    private static let seek: ccurl_seek_callback = { context, offset, origin in
        guard let context else { return CURL_SEEKFUNC_CANTSEEK }
        let metered = of(context)
        guard let result = metered.call.seek?(metered.call.seek_context, offset, origin) else {
            return CURL_SEEKFUNC_CANTSEEK
        }
        // libcurl always seeks from the start of the body.
        if result == CURL_SEEKFUNC_OK { metered.position = Int(offset) }
        return result
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> MeteredHandle {
        Unmanaged<MeteredHandle>.fromOpaque(context).takeUnretainedValue()
    }
}
