import ArgumentParser
import Foundation
import OpenAIUsageGateway
import OpenAIUsageLedger

/// The flag for budgets.
struct BudgetsOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An amount that is watched: NAME=AMOUNT/UNIT, conditions, zone=ZONE, at=PERCENTS; repeatable.",
            valueName: "budget"
        )
    )
    var budget: [String] = []

    /// Returns the budgets.
    ///
    /// - Throws: A ``CommandFailure`` with the origin of the invalid budget and what is wrong with it.
    func budgets(_ settings: Settings) throws -> [Budget] {
        let isFlag = !budget.isEmpty
        let texts = Self.joined(settings.list("budget", budget))
        var budgets: [Budget] = []
        for text in texts {
            let argument = BudgetArgument(argument: text)
            guard let found = argument?.budget else {
                throw settings.refusal(
                    "budget",
                    isFlag: isFlag,
                    "is \"\(text.prefix(200))\": \(argument?.problem ?? "it is empty")."
                )
            }
            if budgets.contains(where: { $0.name == found.name }) {
                throw settings.refusal("budget", isFlag: isFlag, "has the name \"\(found.name.prefix(100))\" twice.")
            }
            budgets.append(found)
        }
        return budgets
    }

    /// Joins the texts that a variable's commas have split within a budget, as in `a=5/day project=x,y,b=6/day`.
    static func joined(_ parts: [String]) -> [String] {
        var texts: [String] = []
        for part in parts {
            let head = part.prefix { $0 != " " }
            if texts.isEmpty || (head.contains("=") && head.contains("/")) {
                texts.append(part)
            } else {
                texts[texts.count - 1] += "," + part
            }
        }
        return texts
    }
}

/// The flags for a gateway's budgets and the messages on them.
struct BudgetOptions: ParsableArguments {
    @OptionGroup var budgets: BudgetsOption

    @Option(help: ArgumentHelp("A file with the URL that messages on budgets are sent to.", valueName: "file"))
    var budgetWebhookFile: String?

    @Option(help: ArgumentHelp("The shape of those messages: json or slack. (default: json)", valueName: "shape"))
    var budgetWebhookFormat: WebhookFormat?

    @Option(
        help: ArgumentHelp(
            "How often a message sums up the budgets: none, day or week. (default: none)",
            valueName: "unit"
        )
    )
    var budgetDigest: DigestUnit?

    enum WebhookFormat: String, ExpressibleByArgument, CaseIterable { case json, slack }
    enum DigestUnit: String, ExpressibleByArgument, CaseIterable { case none, day, week }

    /// Returns the settings of the watch, and warnings.
    ///
    /// - Throws: A ``CommandFailure`` with the origin of what is invalid.
    func watch(_ settings: Settings) throws -> (settings: BudgetWatch.Settings, warnings: [String]) {
        var watch = BudgetWatch.Settings()
        watch.budgets = try budgets.budgets(settings)
        let digest = try settings.value("budget-digest", budgetDigest, otherwise: DigestUnit.none)
        let format = try settings.value("budget-webhook-format", budgetWebhookFormat, otherwise: WebhookFormat.json)
        watch.digest = digest == .none ? nil : CalendarPeriod.Unit(rawValue: digest.rawValue)
        guard let path = settings.text("budget-webhook-file", budgetWebhookFile) else {
            if digest != .none {
                throw settings.refusal(
                    "budget-digest",
                    isFlag: budgetDigest != nil,
                    "needs a URL to send to: name its file with --budget-webhook-file."
                )
            }
            return (watch, [])
        }
        let place = budgetWebhookFile == nil ? settings.place("budget-webhook-file") : "--budget-webhook-file"
        let secret = try SecretFile(path: path, place: place)
        let webhook: Webhook?
        do throws(Webhook.Rejection) {
            webhook = try Webhook(secret.text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            throw CommandFailure("\(place): the URL in \(path) \(error).")
        }
        guard let webhook else {
            throw CommandFailure("\(place): \(path) must hold one http or https URL, and nothing else.")
        }
        watch.send = { notice in
            try await webhook.post(format == .slack ? notice.slack : notice.json)
        }
        return (watch, secret.warning.map { [$0] } ?? [])
    }
}
