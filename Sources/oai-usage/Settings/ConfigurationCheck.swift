import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The strict check of a configuration file: its structure, each value, and values that cannot be used together.
///
/// Files that the settings name are not read, and variables not looked up: a file may be checked on another machine.
struct ConfigurationCheck {
    typealias Finding = ConfigurationFile.Finding

    /// The mistakes, in the order of the text.
    let findings: [Finding]
    /// The number of settings that the file has.
    let count: Int

    /// Checks the text of a file.
    init(text: String, path: String) {
        let file = ConfigurationFile(reading: text, path: path)
        var findings = file.findings
        var count = 0
        for setting in Setting.all {
            guard let entry = file[setting.name] else { continue }
            count += 1
            if case .document = setting.kind {
                findings += RouteCheck(entry.node).findings
                continue
            }
            if entry.values.isEmpty, !setting.isList {
                findings.append(Self.finding(setting, entry.node.position, "is empty; it must be \(setting.allowed)."))
            }
            for (index, value) in entry.values.enumerated() {
                guard let problem = setting.problem(with: value) else { continue }
                let position =
                    entry.positions.count == entry.values.count ? entry.positions[index] : entry.node.position
                findings.append(Self.finding(setting, position, problem))
            }
        }
        findings += Self.contradictions(file)
        self.findings = Finding.sorted(findings)
        self.count = count
    }

    /// Returns what is wrong with the variables that stand for settings.
    ///
    /// - Parameter environment: The variables; empty ones count for nothing.
    /// - Returns: The settings, and sentences that name their variables.
    static func problems(in environment: [String: String]) -> [(setting: String, message: String)] {
        Setting.all.flatMap { setting -> [(setting: String, message: String)] in
            guard let text = environment[setting.variable], !text.isEmpty else { return [] }
            let values = setting.isList ? Settings.split(text) : [text]
            return values.compactMap(setting.problem).map { problem in
                (setting.name, SecretText.masked("\(setting.variable) \(problem)"))
            }
        }
    }

    private static func finding(_ setting: Setting, _ position: JSONDocument.Position, _ problem: String) -> Finding {
        Finding(position, setting.name, "\"\(setting.name)\" \(problem)")
    }

    /// The settings that exclude or need one another.
    private static func contradictions(_ file: ConfigurationFile) -> [Finding] {
        var findings: [Finding] = []
        for (key, certificate) in [("tls-key", "tls-cert"), ("admin-tls-key", "admin-tls-cert")] {
            guard let entry = file[key], file[certificate] == nil else { continue }
            let message = "\"\(key)\" has no certificate beside it: add \"\(certificate)\"."
            findings.append(Finding(entry.node.position, key, message))
        }
        if let upstream = file["upstream"], let routes = file["routes"],
            let route = routes.node.value.members.first(where: { $0.name == "/" })
        {
            let message =
                "The route \"/\" of line \(route.position.line) names the same upstream: leave one of them out."
            findings.append(Finding(upstream.node.position, "upstream", message))
        }
        return findings + openListeners(file) + repeatedBudgets(file)
    }

    /// The listeners that other machines can reach without a token, and two at one address.
    private static func openListeners(_ file: ConfigurationFile) -> [Finding] {
        func address(_ key: String) -> GatewayConfiguration.Address? {
            file[key]?.values.first.flatMap { GatewayConfiguration.Address(argument: $0) }
        }
        var findings: [Finding] = []
        let rules = [
            ("listen", "client-token-file", "allow-anyone"), ("admin", "admin-token-file", "admin-allow-anyone"),
        ]
        for (key, tokens, open) in rules {
            guard let entry = file[key], let address = address(key), !address.isLoopback, file[tokens] == nil,
                file[open]?.values.first.flatMap(Setting.truth) != true
            else { continue }
            let message =
                "\"\(key)\" can be reached from other machines without a token: add \"\(tokens)\", or \"\(open)\" if something else keeps others out."
            findings.append(Finding(entry.node.position, key, message))
        }
        if let listen = address("listen"), let admin = address("admin"), listen == admin, listen.port != 0,
            let entry = file["admin"]
        {
            let message = "\"admin\" is the address of \"listen\": two servers need two ports."
            findings.append(Finding(entry.node.position, "admin", message))
        }
        return findings
    }

    private static func repeatedBudgets(_ file: ConfigurationFile) -> [Finding] {
        guard let entry = file["budget"] else { return [] }
        var names: Set<String> = []
        return entry.values.enumerated().compactMap { index, text in
            guard let name = BudgetArgument(argument: text)?.budget?.name, !names.insert(name).inserted else {
                return nil
            }
            let position = entry.positions.count == entry.values.count ? entry.positions[index] : entry.node.position
            return Finding(position, "budget", "\"budget\" has two of the name \"\(name)\": rename one.")
        }
    }
}

/// The check of the routes of a configuration file.
private struct RouteCheck {
    private(set) var findings: [ConfigurationFile.Finding] = []

    init(_ node: JSONDocument.Node) {
        for route in node.value.members {
            guard case .object(let members) = route.node.value else {
                let example = #"{"upstream": "https://openrouter.ai/api/v1", "key-env": "OPENROUTER_API_KEY"}"#
                add(
                    route.node.position,
                    route.name,
                    "is \(route.node.value.kind); a route is an object such as \(example)."
                )
                continue
            }
            checkMembers(members, of: route)
            guard let upstream = members.first(where: { $0.name == "upstream" }) else {
                let example = #""https://openrouter.ai/api/v1""#
                add(route.position, route.name, "has no \"upstream\": add where its calls go, as in \(example).")
                continue
            }
            guard let text = upstream.node.value.string, !text.isEmpty else { continue }
            let argument = UpstreamArgument(argument: text)
            guard let target = argument.upstream, argument.problem == nil else {
                let problem = argument.problem ?? "it is not a URL"
                add(upstream.node.position, "\(route.name)/upstream", "is not an upstream: \(problem).")
                continue
            }
            guard route.name != "/" else { continue }
            do {
                _ = try GatewayRoute(prefix: route.name, upstream: target)
            } catch {
                let message = (error as? GatewayError)?.message ?? "\(error)"
                findings.append(.init(route.position, "routes/\(route.name)", message))
            }
        }
    }

    private mutating func checkMembers(_ members: [JSONDocument.Member], of route: JSONDocument.Member) {
        for member in members {
            let key = "\(route.name)/\(member.name)"
            guard RouteSettings.members.contains(member.name) else {
                let hint = RouteSettings.hint(for: member.name)
                let known = RouteSettings.members.joined(separator: ", ")
                add(member.position, key, "is nothing that a route has.\(hint) The members are: \(known).")
                continue
            }
            guard let text = member.node.value.string, !text.isEmpty else {
                let kind = member.node.value.string == nil ? member.node.value.kind : "empty"
                add(member.node.position, key, "is \(kind); it must be a string.")
                continue
            }
            let fields = UpstreamKey.Field.allCases.map(\.rawValue)
            if member.name == "key-header", !fields.contains(text.lowercased()) {
                let hint = NearNames.hint(for: text, in: fields)
                add(
                    member.node.position,
                    key,
                    "is \"\(text.prefix(100))\"; it must be \(fields.joined(separator: ", ")).\(hint)"
                )
            }
            // A value that may be the key itself is not repeated.
            if member.name == "key-env", !RouteSettings.isVariable(text) {
                add(member.node.position, key, "must be the name of a variable, in capitals, as in OPENROUTER_API_KEY.")
            }
        }
        let names = Set(members.map(\.name))
        if names.isSuperset(of: ["key-env", "key-file"]) {
            add(route.position, route.name, "has a \"key-env\" and a \"key-file\": leave one of them out.")
        } else if names.contains("key-header"), names.isDisjoint(with: ["key-env", "key-file"]) {
            add(route.position, route.name, "has a \"key-header\" and no key: add \"key-env\" or \"key-file\".")
        }
    }

    private mutating func add(_ position: JSONDocument.Position, _ key: String, _ problem: String) {
        findings.append(.init(position, "routes/\(key)", "\"\(key)\" \(problem)"))
    }
}
