import CCurl
import OpenAIUsage

/// The callbacks that libcurl runs on the thread that holds the driver role; their context is the transfer.
enum CurlCallbacks {
    static let header: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return transfer(context).receive(headLine: line.bindMemory(to: UInt8.self)) ? size * count : 0
    }

    static let body: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        switch transfer(context).receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) {
        case true: return size * count
        case false: return Int(CURL_WRITEFUNC_PAUSE)
        // Any count other than the offered one fails the transfer; 0 would not, if no bytes were offered.
        case nil: return size * count + 1
        }
    }

    static let upload: curl_write_callback = { buffer, size, count, context in
        guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
        switch transfer(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count)) {
        case .bytes(let count): return count
        case .pause: return Int(CURL_READFUNC_PAUSE)
        case .end: return 0
        case nil: return Int(CURL_READFUNC_ABORT)
        }
    }

    static let rewind: ccurl_seek_callback = { context, offset, origin in
        guard let context, offset == 0, origin == 0 else { return CURL_SEEKFUNC_CANTSEEK }
        return transfer(context).rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    /// Returns a transfer as a context; the loop holds the transfer for as long as libcurl uses its handle.
    static func context(_ transfer: CurlTransfer) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(transfer).toOpaque()
    }

    private static func transfer(_ context: UnsafeMutableRawPointer) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }
}
