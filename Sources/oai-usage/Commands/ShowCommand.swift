import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Shows one call and its other attempts.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all that is known of a call.",
        discussion: """
            The call is named by its x-request-id, its response id, its trace id, the caller's own X-Client-Request-Id, or the \
            id that 'oai-usage calls' prints; or by the beginning of one of them, from 6 characters on, that no other has.

            Examples:
              oai-usage show req_972e90b8f51596b55d43bf6d78b53f13
              oai-usage show chatcmpl-57d2ef39589bafda6905adbb45042 --format json
              oai-usage show req_972e90b8 --timezone Europe/Berlin
              oai-usage show req_972e90b8 --bundle
            """
    )

    @Argument(help: ArgumentHelp("What names the call.", valueName: "id"), completion: .calls)
    var identity: String
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var zone: TimeZoneOption
    @OptionGroup var output: FormatOption<TextFormat>
    @Flag(help: "Write the text for a ticket to the provider's support: no keys, tags and costs.")
    var bundle = false

    func validate() throws {
        guard !bundle || output.value == .text else {
            throw ValidationError("--bundle is a text for people; leave out --json or --format.")
        }
    }

    func run() async throws {
        let settings = try await ledgers.settings()
        let timeZone = try zone.timeZone(settings)
        let records = try await ledgers.calls(matching: identity, settings)
        if bundle { return StandardOutput.write(SupportBundle(records).text) }
        for (index, record) in records.enumerated() {
            let former = try await ledgers.formerCosts(of: record.id, settings)
            switch output.value {
            case .json:
                // An object of the ledger's own text; one more member tells what it cost before it was repriced.
                let end = former.isEmpty ? "}" : ",\"former_costs\":\(FormerCost.json(former))}"
                StandardOutput.write("\(record.json.dropLast())\(end)\n")
            case .text:
                if index > 0 { StandardOutput.write("\n") }
                let detail = CallDetail(record, formerCosts: former, timeZone: timeZone)
                StandardOutput.write(detail.text(isColored: Terminal.isColored))
            }
        }
    }
}
