import HTTPTypes
import OpenAIUsage

/// A call from the caller's side: it is over when nobody holds it any more.
final class CurlCall: Sendable {
    private let transfer: CurlTransfer
    /// Keeps the thread running.
    private let driver: CurlDriver
    private let source: UploadSource?

    init(_ transfer: CurlTransfer, driver: CurlDriver, source: UploadSource?) {
        self.transfer = transfer
        self.driver = driver
        self.source = source
    }

    deinit { transfer.abandon() }

    /// Waits for the response's head, and sends the request's body meanwhile.
    func head(isolation: isolated (any Actor)? = #isolation) async throws(TransportError) -> HTTPResponse {
        while true {
            if Task.isCancelled { transfer.cancel() }
            switch transfer.stepToHead() {
            case .value(let (bytes, status)): return HTTPResponse(head: bytes, status: status)
            case .pull: await pull(isolation: isolation)
            case .wait: await transfer.wait(for: .head, isolation: isolation)
            case .failure(let error): throw error
            }
        }
    }

    /// Waits for more of the response's body, and sends what is left of the request's meanwhile; `nil` at the end.
    func bytes(isolation: isolated (any Actor)? = #isolation) async throws(TransportError) -> [UInt8]? {
        while true {
            if Task.isCancelled { transfer.cancel() }
            switch transfer.stepToBody() {
            case .value(let bytes): return bytes
            case .pull: await pull(isolation: isolation)
            case .wait: await transfer.wait(for: .body, isolation: isolation)
            case .failure(let error): throw error
            }
        }
    }

    /// Ends the call, unless it has ended.
    func abandon() { transfer.abandon() }

    /// Pulls a piece of the request's body; the pull is cancelled if the call needs it no more.
    private func pull(isolation: isolated (any Actor)?) async {
        guard let source else { return }
        transfer.startPull()
        await withTaskGroup(of: Void.self, isolation: isolation) { [transfer] group in
            group.addTask {
                do {
                    if let piece = try await source.next() {
                        transfer.supply(piece)
                    } else {
                        transfer.endUpload()
                    }
                } catch {
                    transfer.failUpload(error)
                }
            }
            await transfer.wait(for: .pull, isolation: isolation)
            group.cancelAll()
        }
    }
}
