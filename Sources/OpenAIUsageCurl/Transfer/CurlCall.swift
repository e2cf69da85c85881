import HTTPTypes
import OpenAIUsage

/// The caller's side of a transfer; releasing it ends the transfer.
final class CurlCall: Sendable {
    private let transfer: CurlTransfer
    /// Keeps the driver thread running.
    private let driver: CurlDriver
    private let source: UploadSource?

    init(_ transfer: CurlTransfer, driver: CurlDriver, source: UploadSource?) {
        self.transfer = transfer
        self.driver = driver
        self.source = source
    }

    deinit { transfer.abandon() }

    /// Waits for the response's head, and sends the request's body meanwhile.
    ///
    /// - Throws: `TransportError`, with `TransportError.Code.cancelled` if the task is cancelled.
    func head(isolation: isolated (any Actor)? = #isolation) async throws(TransportError) -> HTTPResponse {
        try await uploading(isolation: isolation) { [transfer] isolation in
            while true {
                if Task.isCancelled { transfer.cancel() }
                switch transfer.stepToHead() {
                case .value(let (bytes, status)): return .success(HTTPResponse(head: bytes, status: status))
                case .wait: await transfer.wait(for: .head, isolation: isolation)
                case .failure(let error): return .failure(error)
                }
            }
        }.get()
    }

    /// Waits for bytes of the response's body, and sends the rest of the request's body meanwhile.
    ///
    /// - Returns: The bytes; `nil` at the end.
    /// - Throws: `TransportError`, with `TransportError.Code.cancelled` if the task is cancelled.
    func bytes(isolation: isolated (any Actor)? = #isolation) async throws(TransportError) -> [UInt8]? {
        try await uploading(isolation: isolation) { [transfer] isolation in
            while true {
                if Task.isCancelled { transfer.cancel() }
                switch transfer.stepToBody() {
                case .value(let bytes): return .success(bytes)
                case .wait: await transfer.wait(for: .body, isolation: isolation)
                case .failure(let error): return .failure(error)
                }
            }
        }.get()
    }

    /// Ends the call, unless it has ended.
    func abandon() { transfer.abandon() }

    /// Waits for the response, while a child task pulls the request's body if any of it is left.
    private func uploading<Value: Sendable>(
        isolation: isolated (any Actor)?,
        _ wait: (isolated (any Actor)?) async -> Result<Value, TransportError>
    ) async -> Result<Value, TransportError> {
        guard let source, transfer.isUploading else { return await wait(isolation) }
        transfer.resumePulling()
        return await withTaskGroup(of: Void.self, isolation: isolation) { [transfer] group in
            group.addTask { await Self.pull(source, transfer) }
            let result = await wait(isolation)
            transfer.pausePulling()
            // A piece that is being pulled is waited for, so that it is not lost, unless the call no longer needs it.
            await transfer.wait(for: .pull, isolation: isolation)
            group.cancelAll()
            return result
        }
    }

    /// Pulls pieces of the request's body for as long as they are needed.
    private static func pull(_ source: UploadSource, _ transfer: CurlTransfer) async {
        while await transfer.beginPull() {
            do {
                if let piece = try await source.next() {
                    transfer.supply(piece)
                } else {
                    transfer.endUpload()
                }
            } catch {
                transfer.failUpload(error, isCancelled: Task.isCancelled)
            }
        }
    }
}
