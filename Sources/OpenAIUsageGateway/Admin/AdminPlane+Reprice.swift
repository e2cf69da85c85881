import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsageLedger
import OpenAIUsagePricing
import ServiceLifecycle
import Synchronization

/// Whether calls are being priced anew, which is done once at a time.
final class RepriceGate: Sendable {
    private let isTaken = Atomic<Bool>(false)

    /// Takes the gate; tells whether it was free.
    func take() -> Bool { !isTaken.exchange(true, ordering: .acquiringAndReleasing) }

    /// Gives the gate back.
    func release() { isTaken.store(false, ordering: .releasing) }
}

extension AdminPlane {
    static let maximumBody = 65_536

    /// Prices calls anew by the gateway's own book.
    ///
    /// It is for this machine only, wherever the admin plane listens. A browser is refused: a page of some site must not
    /// be able to start it.
    func reprice(_ request: Request, _ context: AdminContext) async -> Response {
        if let refusal = refusal(ofOrder: request, context) { return refusal }
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
            return failure(.conflict, "This gateway keeps no ledger (--ledger none): no call can be priced anew.")
        }
        guard gate.take() else { return failure(.conflict, "Calls are being priced anew already; wait for the end.") }
        defer { gate.release() }
        do {
            let (book, query) = (book, parsed.query)
            // A shutdown does not wait for the end.
            let report = try await cancelWhenGracefulShutdown {
                try await ledger.reprice(query) { book.cost(of: $0) }
            }
            let json = report.json(query, priceVersion: book.version)
            return response(.ok, type: "application/json", body: Array(json.utf8))
        } catch is CancellationError {
            return failure(.serviceUnavailable, "The gateway ends; what was written stays. Run it again.")
        } catch {
            return failure(.internalServerError, "\(error)")
        }
    }

    /// The refusal of an order that somebody else than an operator on this machine may have given; `nil` for none.
    func refusal(ofOrder request: Request, _ context: AdminContext) -> Response? {
        guard request.method == .post else {
            var refusal = failure(.methodNotAllowed, "Only POST is allowed.")
            refusal.headers[.allow] = "POST"
            return refusal
        }
        guard context.isLocal else { return failure(.forbidden, "Only this machine may ask for it.") }
        guard request.headers[.origin] == nil else { return failure(.forbidden, "Browsers may not ask for it.") }
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard type == "application/json" else {
            return failure(.unsupportedMediaType, "The body must be JSON; send Content-Type: application/json.")
        }
        return nil
    }

    /// An error as JSON.
    func failure(_ status: HTTPResponse.Status, _ message: String) -> Response { APIError(message).response(status) }
}
