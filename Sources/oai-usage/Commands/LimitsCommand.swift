import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// Shows the latest rate limits.
struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "Show what is left of the rate limits, and how long it lasts.",
        discussion: """
            Responses tell the limits of their project and model; the newest reading of each is shown, with its age under TOLD. \
            Calls that went elsewhere since then are not in it. A window whose time has passed is "reset", and counts as whole.

            LIMIT IN is what is left, divided by the rate of the last 5 minutes, of the project and the model with its \
            snapshots: calls for windows of requests, input and output tokens for windows of tokens. Nothing is taken to be refilled meanwhile, so that the limit is not reached \
            earlier at this rate; "-" stands for no such calls.

            Examples:
              oai-usage limits
              oai-usage limits --project 'proj_*' --model gpt-4o-mini
              oai-usage limits --ledger http://gateway:10464 --format json
            """
    )

    @OptionGroup var ledgers: LedgersOption
    @Option(name: .shortAndLong, help: "Only this project; with commas, * and ?, repeatable.", completion: .projects)
    var project: [String] = []
    @Option(name: .shortAndLong, help: "Only this model, with its snapshots.", completion: .models)
    var model: [String] = []
    @OptionGroup var output: FormatOption<RowsFormat>

    func run() async throws {
        let settings = try await ledgers.settings()
        let union = try ledgers.union(ledgers.places(settings), settings)
        let all = try await union.limits()
        let limits = all.filter(isWanted)
        let now = SystemUsageClock().wallMicroseconds
        var selection = CallSelection()
        selection.since = .absolute(microseconds: now - LimitHeadroom.span)
        let request = ReportRequest(selection, groupBy: [.project, .model])
        let table = LimitsTable(limits, try await union.report(request, now: now), now: now)
        switch output.value {
        case .json: StandardOutput.write(table.json + "\n")
        case .csv: StandardOutput.write(table.plain.csv)
        case .markdown: StandardOutput.write(table.readable.markdown)
        case .table:
            guard !limits.isEmpty else {
                let isFiltered = !project.isEmpty || !model.isEmpty
                StandardError.write("No response\(isFiltered ? " of these" : "") has told any rate limits.")
                break
            }
            let readable = table.readable
            for line in readable.lines(width: Terminal.tableWidth) {
                StandardOutput.write(line.text(isColored: Terminal.isColored) + "\n")
            }
            if let note = readable.note(width: Terminal.tableWidth) { StandardError.write(note) }
        }
        for value in unmatched(all) { StandardError.write(ReportSource.sentence(value, of: "rate limit")) }
    }

    private var projects: [String] { project.flatMap(FilterOptions.listed) }
    private var models: [String] { model.flatMap(FilterOptions.listed) }

    /// Returns the values of the filters that no limit has.
    private func unmatched(_ limits: [LatestRateLimit]) -> [UnmatchedValue] {
        let ofProjects = Set(limits.map(\.project)).sorted()
        let ofModels = Set(limits.compactMap(\.model)).sorted()
        let wrongProjects = projects.filter { value in !limits.contains { isOf([value], $0) } }
        let wrongModels = models.filter { value in !limits.contains { isOf(models: [value], $0) } }
        return wrongProjects.map { UnmatchedValue(dimension: .project, value: $0, known: ofProjects) }
            + wrongModels.map { UnmatchedValue(dimension: .model, value: $0, known: ofModels) }
    }

    /// True if limits satisfy the filters.
    private func isWanted(_ limit: LatestRateLimit) -> Bool { isOf(projects, limit) && isOf(models: models, limit) }

    private func isOf(_ projects: [String], _ limit: LatestRateLimit) -> Bool {
        projects.isEmpty || projects.contains { Glob($0).matches(limit.project) }
    }

    /// True if limits are of one of the models; those of a snapshot are those of its model.
    private func isOf(models: [String], _ limit: LatestRateLimit) -> Bool {
        guard !models.isEmpty else { return true }
        guard let name = limit.model else { return false }
        return (models + models.map { ModelAlias.alias(of: $0) }).contains { Glob($0).matches(name) }
    }
}
