import HTTPTypes
import Hummingbird
import NIOCore
import OpenAIUsageLedger
import ServiceLifecycle

extension AdminPlane {
    /// Prunes calls from the gateway's ledger, in steps, while calls go on.
    ///
    /// Only this machine may ask, as for a reprice, and only one of the two runs at a time.
    func prune(_ request: Request, _ context: AdminContext) async -> Response {
        if let rejection = rejection(ofOrder: request, context) { return rejection }
        let order: PruneRequest
        do {
            let body = try await request.body.collect(upTo: Self.maximumBody)
            order = try PruneRequest(json: String(buffer: body))
        } catch let mistake as RepriceRequest.Mistake {
            return failure(.badRequest, mistake.description)
        } catch {
            return failure(.contentTooLarge, "The body cannot be read, or is longer than \(Self.maximumBody) bytes.")
        }
        guard let ledger else {
            return failure(.conflict, "This gateway keeps no ledger (--ledger none): there is nothing to prune.")
        }
        if let path = order.ledger, path != ledger.path {
            return failure(.conflict, "This gateway has another ledger, \(ledger.path).")
        }
        guard gate.take() else {
            return failure(.conflict, "A reprice or another prune is already running; wait for the end.")
        }
        defer { gate.release() }
        do {
            let query = order.query
            // A graceful shutdown does not wait for the end.
            let report = try await cancelWhenGracefulShutdown { try await ledger.prune(query) }
            return response(.ok, type: "application/json", body: Array(report.json.utf8))
        } catch is CancellationError {
            return failure(.serviceUnavailable, "The gateway is shutting down; run it again.")
        } catch {
            return failure(.internalServerError, "\(error)")
        }
    }
}
