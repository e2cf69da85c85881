import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsageLedger
import OpenAIUsagePricing
import ServiceLifecycle
import Synchronization

/// The lock that allows one reprice or prune at a time.
final class RepriceGate: Sendable {
    private let isTaken = Atomic<Bool>(false)

    /// Acquires the lock; returns false if it is held already.
    func take() -> Bool { !isTaken.exchange(true, ordering: .acquiringAndReleasing) }

    /// Releases the lock.
    func release() { isTaken.store(false, ordering: .releasing) }
}

extension AdminPlane {
    static let maximumBody = 65_536

    /// Reprices calls with the gateway's current price book.
    ///
    /// Only this machine may ask, on whatever address the admin plane listens. Browsers are rejected, so that no web page can
    /// start it.
    func reprice(_ request: Request, _ context: AdminContext) async -> Response {
        if let rejection = rejection(ofOrder: request, context) { return rejection }
        let parsed: RepriceRequest
        do {
            let body = try await request.body.collect(upTo: Self.maximumBody)
            parsed = try RepriceRequest(json: String(buffer: body))
        } catch let mistake as RepriceRequest.Mistake {
            return failure(.badRequest, mistake.description)
        } catch {
            return failure(.contentTooLarge, "The body cannot be read, or is longer than \(Self.maximumBody) bytes.")
        }
        guard let ledger else {
            return failure(.conflict, "This gateway keeps no ledger (--ledger none): no call can be repriced.")
        }
        guard gate.take() else { return failure(.conflict, "A reprice is already running; wait until it has ended.") }
        defer { gate.release() }
        do {
            let book = book
            var named = parsed.query
            named.priceVersion = book.version
            let query = named
            // A graceful shutdown does not wait for the end.
            let report = try await cancelWhenGracefulShutdown {
                try await ledger.reprice(query) { book.cost(of: $0) }
            }
            let json = report.json(query, priceVersion: book.version)
            return response(.ok, type: "application/json", body: Array(json.utf8))
        } catch is CancellationError {
            return failure(.serviceUnavailable, "The gateway is shutting down; what was written stays. Run it again.")
        } catch {
            return failure(.internalServerError, "\(error)")
        }
    }

    /// Returns the answer to a maintenance request that may not come from an operator on this machine; `nil` if it may proceed.
    func rejection(ofOrder request: Request, _ context: AdminContext) -> Response? {
        guard request.method == .post else {
            var rejection = failure(.methodNotAllowed, "Only POST is allowed.")
            rejection.headers[.allow] = "POST"
            return rejection
        }
        guard context.isLocal else { return failure(.forbidden, "Only this machine may ask for it.") }
        guard request.headers[.origin] == nil else { return failure(.forbidden, "Browsers may not ask for it.") }
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard type == "application/json" else {
            return failure(.unsupportedMediaType, "The body must be JSON; send Content-Type: application/json.")
        }
        return nil
    }

    /// Creates an error response in JSON.
    func failure(_ status: HTTPResponse.Status, _ message: String) -> Response { APIError(message).response(status) }
}
