import CCurl
import OpenAIUsage

/// The functions that libcurl calls on the driving thread; each gets the transfer as its context.
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
        // More than was offered is an error, and nothing is too if nothing was offered.
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

    /// A transfer as a context; the loop holds the transfer as long as libcurl has it.
    static func context(_ transfer: CurlTransfer) -> UnsafeMutableRawPointer {
        Unmanaged.passUnretained(transfer).toOpaque()
    }

    private static func transfer(_ context: UnsafeMutableRawPointer) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }
}
