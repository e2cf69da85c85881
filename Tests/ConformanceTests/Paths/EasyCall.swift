import CCurl
import HTTPTypes
import NIOPosix
import OpenAIUsage
import Synchronization

@testable import OpenAIUsageCurl

/// One transfer of an easy handle, on a thread of its own.
///
/// SAFETY: the thread alone uses libcurl, but for `curl_multi_wakeup`, which is called under a lock while the handle is there.
final class EasyCall: @unchecked Sendable {
    private struct State {
        /// The address of the multi handle.
        var multi: Int?
        var isStopped = false
    }

    private let body: AsyncThrowingStream<ArraySlice<UInt8>, any Error>.Continuation
    private let head: AsyncThrowingStream<HTTPResponse, any Error>.Continuation
    private let heads: AsyncThrowingStream<HTTPResponse, any Error>
    private let state = Mutex(State())
    private var collector = HeadCollector()

    private init(_ body: AsyncThrowingStream<ArraySlice<UInt8>, any Error>.Continuation) {
        self.body = body
        (heads, head) = AsyncThrowingStream.makeStream()
        body.onTermination = { [weak self] _ in self?.stop() }
    }

    /// A call, and its response's body, which ends the call when it goes away.
    static func make() -> (call: EasyCall, pieces: AsyncThrowingStream<ArraySlice<UInt8>, any Error>) {
        let (pieces, body) = AsyncThrowingStream<ArraySlice<UInt8>, any Error>.makeStream()
        return (EasyCall(body), pieces)
    }

    /// Starts the transfer, and waits for the head.
    func begin(_ request: Request, meter: UsageMeter, patience: Int) async throws -> HTTPResponse {
        NIOThreadPool.singleton.submit { [self] _ in run(request, meter, patience) }
        for try await head in heads { return head }
        throw TransportError(.cancelled, "The call was cancelled.")
    }

    /// Ends the transfer, if it has not ended.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            if let multi = state.multi { curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: multi)) }
        }
    }

    private func run(_ request: Request, _ meter: UsageMeter, _ patience: Int) {
        guard let handle = curl_easy_init(), let multi = curl_multi_init() else { return }
        let address = Int(bitPattern: multi)
        state.withLock { $0.multi = address }
        _ = ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = ccurl_set_string(handle, CURLOPT_PROXY, "")
        _ = ccurl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        _ = ccurl_set_long(handle, CURLOPT_LOW_SPEED_TIME, patience)
        let result = EasyRequest.with(request) { call in
            var call = call
            setFunctions(of: &call)
            guard let metered = try? MeteredHandle(handle, call, meter: meter) else { return CURLE_FAILED_INIT }
            let result = drive(handle, multi)
            metered.end(result)
            return result
        }
        state.withLock { $0.multi = nil }
        curl_easy_cleanup(handle)
        curl_multi_cleanup(multi)
        let error: TransportError? =
            result == CURLE_OK ? nil : TransportError(.failed, "libcurl says \(result.rawValue).")
        head.finish(throwing: error)
        body.finish(throwing: error)
    }

    /// Drives the transfer to its end, or until it is stopped.
    private func drive(_ handle: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer) -> CURLcode {
        curl_multi_add_handle(multi, handle)
        defer { curl_multi_remove_handle(multi, handle) }
        var running: Int32 = 0
        while true {
            if state.withLock({ $0.isStopped }) { return CURLE_ABORTED_BY_CALLBACK }
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            var left: Int32 = 0
            if let message = curl_multi_info_read(multi, &left) { return ccurl_message_result(message) }
            curl_multi_poll(multi, nil, 0, 1_000, nil)
        }
    }

    // MARK: - libcurl's calls

    private func setFunctions(of call: inout ccurl_call) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        call.header_context = context
        call.write_context = context
        call.header = { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            Unmanaged<EasyCall>.fromOpaque(context).takeUnretainedValue().receive(headLine: line)
            return line.count
        }
        call.write = { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
            Unmanaged<EasyCall>.fromOpaque(context).takeUnretainedValue().body.yield(Array(piece)[...])
            return piece.count
        }
    }

    private func receive(headLine line: UnsafeRawBufferPointer) {
        guard case .ends(let status) = collector.receive(line.bindMemory(to: UInt8.self)) else { return }
        head.yield(HTTPResponse(head: collector.take(), status: status))
    }
}
