import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Pricing calls anew, in this process or in a gateway.
struct Repricing {
    /// What has changed, and by which book.
    struct Result {
        var query: RepriceQuery
        var priceVersion: String
        var report: RepriceReport
    }

    private let query: RepriceQuery

    init(_ query: RepriceQuery) {
        self.query = query
    }

    /// Opens the ledger and writes to it, or only reads it in a dry run.
    ///
    /// - Throws: A ``CommandFailure`` that names who holds the ledger, if anyone does.
    func here(_ path: String, _ book: PriceBook) async throws -> Result {
        // A ledger that is not there is not made.
        let reader = try LedgerReader(path: path, progress: WorkProgress.upgrade())
        if query.isDryRun {
            return result(try reader.reprice(query) { book.cost(of: $0) }, book.version)
        }
        var options = LedgerOptions()
        options.purpose = "oai-usage reprice"
        let ledger: Ledger
        do {
            ledger = try Ledger(path: path, options: options)
        } catch let error as LedgerError where error.code == .locked {
            throw CommandFailure(
                "\(error) If it is a gateway, let it do the work: add --gateway. To look only: --dry-run."
            )
        }
        do {
            let report = try await ledger.reprice(query) { book.cost(of: $0) }
            await ledger.close()
            return result(report, book.version)
        } catch {
            await ledger.close()
            throw error
        }
    }

    /// Asks a gateway, which prices by its own book.
    ///
    /// - Parameters:
    ///   - admin: Where its operators connect.
    ///   - token: The token to send; `nil` for none.
    /// - Returns: What has changed.
    /// - Throws: A ``CommandFailure`` with the gateway's own words.
    func throughGateway(_ admin: AdminArgument, token: String? = nil) async throws -> Result {
        let client = AdminClient(admin, token: token)
        let text: String
        do { text = try await client.post(Gateway.repricePath, RepriceRequest(query: query).json) } catch let refusal
            as AdminClient.Refusal
        {
            throw CommandFailure(refusal.description)
        }
        guard let result = RepriceAnswer(json: text) else {
            throw client.misunderstanding
        }
        return self.result(result.report, result.priceVersion)
    }

    private func result(_ report: RepriceReport, _ version: String) -> Result {
        Result(query: query, priceVersion: version, report: report)
    }
}
