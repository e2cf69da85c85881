import Foundation
import OpenAIUsage
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The caller's side of a task; releasing it ends the call.
final class SessionCall: Sendable {
    private let transfer: SessionTransfer
    private let task: URLSessionTask
    /// Keeps the session open.
    private let driver: SessionDriver

    init(
        _ request: URLRequest,
        _ content: RequestContent,
        followsRedirects: Bool,
        limit: Int,
        driver: SessionDriver
    ) throws(TransportError) {
        transfer = SessionTransfer(followsRedirects: followsRedirects, limit: limit, content: content)
        task = try driver.start(request, content, observer: transfer)
        self.driver = driver
    }

    deinit {
        abandon()
        driver.forget(task)
    }

    /// Waits for the response's head.
    func head(isolation: isolated (any Actor)? = #isolation) async throws -> URLResponse {
        while true {
            if Task.isCancelled { abandon() }
            switch transfer.stepToHead() {
            case .value(let response): return response
            case .wait: await wait(for: .head, isolation: isolation)
            case .failure(let error): throw verdict(error)
            }
        }
    }

    /// Waits for a piece of the response's body; `nil` at the end.
    func bytes(isolation: isolated (any Actor)? = #isolation) async throws -> Data? {
        while true {
            if Task.isCancelled { abandon() }
            let (step, order) = transfer.stepToBody()
            transfer.tell(task, order)
            switch step {
            case .value(let data): return data
            case .wait: await wait(for: .body, isolation: isolation)
            case .failure(let error): throw verdict(error)
            }
        }
    }

    /// Ends the call, unless it has ended.
    func abandon() {
        transfer.cancel(task)
    }

    private func wait(for interest: SessionCallState.Interest, isolation: isolated (any Actor)?) async {
        await withTaskCancellationHandler {
            await transfer.wait(for: interest, isolation: isolation)
        } onCancel: {
            abandon()
        }
    }

    /// Returns the error for the caller; a cancellation that is not the caller's came from the session's shutdown.
    private func verdict(_ error: any Error) -> any Error {
        let isCancelled = (error as? URLError)?.code == .cancelled && !transfer.isCancelled
        return isCancelled && driver.isShutDown ? SessionDriver.shutDownError : error
    }
}
