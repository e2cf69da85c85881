import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// A reprice, in this process or by a gateway.
struct Repricing {
    /// The changes, and the version of the price book used.
    struct Result {
        var query: RepriceQuery
        var priceVersion: String
        var report: RepriceReport
    }

    private let query: RepriceQuery

    init(_ query: RepriceQuery) {
        self.query = query
    }

    /// Reprices calls in a ledger; a dry run only reads it.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - book: The price book.
    ///   - asks: True to ask before prices are taken off calls.
    /// - Returns: The changes.
    /// - Throws: A ``CommandFailure`` that names the process that has the ledger locked, or a ``LedgerError``.
    func here(_ path: String, _ book: PriceBook, asking asks: Bool = true) async throws -> Result {
        // Opening a reader first fails for a missing ledger, which must not be created.
        let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        let loss = try LostPrices(query, reader, book)
        if !loss.isEmpty {
            StandardError.write(loss.description)
            if asks, !query.isDryRun {
                try Confirmation.require(
                    "Reprice them all the same?",
                    declined: "Nothing was written.",
                    remedy: "name a price file that has their prices with --prices, or add --yes to take them off"
                )
            }
        }
        if query.isDryRun {
            let report = try WorkProgress.elapsed("Pricing the calls") {
                try reader.reprice(query) { book.cost(of: $0) }
            }
            return result(report, book.version)
        }
        var options = LedgerOptions()
        options.purpose = "oai-usage reprice"
        options.setsDamagedAside = false
        let ledger: Ledger
        do {
            ledger = try Ledger(path: path, options: options)
        } catch let error as LedgerError where error.code == .locked {
            throw CommandFailure(
                "\(error) If it is a gateway, let it do the work: add --gateway. To look only: --dry-run."
            )
        }
        do {
            var query = query
            query.priceVersion = book.version
            let report = try await ledger.reprice(query) { book.cost(of: $0) }
            await ledger.close()
            return result(report, book.version)
        } catch {
            await ledger.close()
            throw error
        }
    }

    /// Asks a gateway to reprice calls with its own price book.
    ///
    /// - Parameters:
    ///   - admin: The address of the gateway's admin server.
    ///   - token: The bearer token; `nil` for none.
    /// - Returns: The changes.
    /// - Throws: A ``CommandFailure`` with the gateway's message.
    func throughGateway(_ admin: AdminArgument, token: String? = nil) async throws -> Result {
        let client = AdminClient(admin, token: token)
        let text: String
        do { text = try await client.post(Gateway.repricePath, RepriceRequest(query: query).json) } catch let rejection
            as AdminClient.Rejection
        {
            throw CommandFailure(rejection.description)
        }
        guard let result = RepriceResponse(json: text) else {
            throw client.misunderstanding
        }
        return self.result(result.report, result.priceVersion)
    }

    private func result(_ report: RepriceReport, _ version: String) -> Result {
        Result(query: query, priceVersion: version, report: report)
    }
}
