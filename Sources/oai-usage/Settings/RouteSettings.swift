import OpenAIUsageGateway
import OpenAIUsagePricing

/// The routes of a configuration file.
///
/// ```json
/// {"routes": {
///   "/azure": {"upstream": "https://NAME.openai.azure.com", "key-env": "AZURE_OPENAI_API_KEY"},
///   "/openrouter/v1": {"upstream": "https://openrouter.ai/api/v1", "key-file": "/run/secrets/openrouter"}
/// }}
/// ```
///
/// The route `/` sets the upstream for all other paths, and its key.
struct RouteSettings {
    /// The members of a route.
    static let members = ["upstream", "key-env", "key-file", "key-header"]

    /// The routes by prefix, in the order of the settings.
    private(set) var routes: [GatewayRoute] = []
    /// The upstream for all other paths; `nil` if the routes do not set it.
    private(set) var standard: (upstream: Upstream, key: UpstreamKey?, place: String)?
    /// Warnings about the permissions of key files.
    private(set) var warnings: [String] = []

    /// Creates the routes from the settings.
    ///
    /// - Parameter settings: The settings.
    /// - Throws: A ``CommandFailure`` with the origin of the invalid value and the allowed values, without repeating a
    ///   key.
    init(_ settings: Settings) throws {
        guard let (node, source) = try settings.document("routes") else { return }
        func place(_ position: JSONDocument.Position, _ name: String) -> String { "\(source(position)): \"\(name)\"" }
        guard case .object(let members) = node.value else {
            throw CommandFailure(
                #"\#(place(node.position, "routes")) is \#(node.value.kind); it must be \#(Setting.routes.allowed)."#
            )
        }
        var seen: [String: JSONDocument.Position] = [:]
        for member in members {
            let here = place(member.position, member.name)
            guard case .object(let parts) = member.node.value else {
                throw CommandFailure(
                    #"\#(here) is \#(member.node.value.kind); a route is an object such as {"upstream": "https://openrouter.ai/api/v1", "key-env": "OPENROUTER_API_KEY"}."#
                )
            }
            let texts = try Self.texts(parts, place)
            guard let text = texts["upstream"]?.text else {
                throw CommandFailure(
                    #"\#(here) has no "upstream": add where its calls go, as in "https://openrouter.ai/api/v1"."#
                )
            }
            let argument = UpstreamArgument(argument: text)
            guard let upstream = argument.upstream, argument.problem == nil else {
                throw CommandFailure("\(here): \"upstream\": \(argument.problem ?? "it is not a URL").")
            }
            let key = try key(texts, upstream, here, settings)
            if member.name == "/" {
                standard = (upstream, key, here)
                seen[member.name] = member.position
                continue
            }
            let route: GatewayRoute
            do {
                route = try GatewayRoute(
                    prefix: member.name,
                    upstream: upstream,
                    key: key,
                    proxy: try UpstreamProxy.environment(for: upstream, variable: settings.variable)
                )
            } catch let error as GatewayError {
                throw CommandFailure("\(source(member.position)): \(error.message)")
            }
            if let first = seen[route.prefix] {
                throw CommandFailure("\(here) duplicates the route of line \(first.line).")
            }
            seen[route.prefix] = member.position
            routes.append(route)
        }
    }

    /// Rejects upstreams that are the gateway itself.
    ///
    /// - Throws: A ``CommandFailure`` for the first such route.
    func validate(against addresses: [(name: String, address: GatewayConfiguration.Address)]) throws {
        for route in routes {
            guard let own = addresses.first(where: { $0.address.isReached(by: route.upstream) }) else { continue }
            throw CommandFailure(
                "The route \"\(route.prefix)\" leads back to the gateway: its upstream is the --\(own.name) address, \(own.address)."
            )
        }
    }

    /// Returns what to do about an unknown member of a route, with a blank before it; empty if nothing is similar.
    static func hint(for name: String) -> String {
        if ["key", "api-key", "token"].contains(name) {
            return
                " A key does not stand in this file: name the variable (key-env) or the file (key-file) that holds it."
        }
        return NearNames.hint(for: name, in: members)
    }

    /// True if a text is the name of a variable in capitals, and hence no key.
    static func isVariable(_ text: String) -> Bool {
        text.utf8.count <= 64
            && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5a ~= $0 || $0 == UInt8(ascii: "_") }
    }

    private static func texts(
        _ parts: [JSONDocument.Member],
        _ place: (JSONDocument.Position, String) -> String
    ) throws -> [String: (text: String, place: String)] {
        var texts: [String: (text: String, place: String)] = [:]
        for part in parts {
            let here = place(part.position, part.name)
            guard members.contains(part.name) else {
                let hint = hint(for: part.name)
                throw CommandFailure(
                    "\(here) is not a member of a route.\(hint) The members are: \(members.joined(separator: ", "))."
                )
            }
            guard let text = part.node.value.string, !text.isEmpty else {
                throw CommandFailure(
                    "\(here) is \(part.node.value.kind == "a string" ? "empty" : part.node.value.kind); it must be a string."
                )
            }
            texts[part.name] = (text, here)
        }
        return texts
    }

    /// Returns the key of a route; `nil` if the route has none.
    private mutating func key(
        _ texts: [String: (text: String, place: String)],
        _ upstream: Upstream,
        _ route: String,
        _ settings: Settings
    ) throws -> UpstreamKey? {
        let field = try texts["key-header"].map { header in
            guard let field = UpstreamKey.Field(rawValue: header.text.lowercased()) else {
                let allowed = UpstreamKey.Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure(
                    "\(header.place) is \"\(header.text.prefix(100))\"; it must be one of: \(allowed)."
                )
            }
            return field
        }
        let (text, place): (String, String)
        switch (texts["key-env"], texts["key-file"]) {
        case (nil, nil):
            guard field == nil else {
                throw CommandFailure("\(route) has a \"key-header\" and no key: add \"key-env\" or \"key-file\".")
            }
            return nil
        case (.some, .some):
            throw CommandFailure("\(route) has a \"key-env\" and a \"key-file\": leave one of them out.")
        case (let variable?, nil):
            guard let value = settings.variable(variable.text) else {
                // A value that may be the key itself must not appear in a log.
                let isName = Self.isVariable(variable.text)
                throw CommandFailure(
                    "\(variable.place): \(isName ? "the variable \(variable.text) of the environment is not set, or empty" : "it must be the name of a variable of the environment, in capitals, as in OPENROUTER_API_KEY")."
                )
            }
            (text, place) = (value, variable.place)
        case (nil, let file?):
            let secret = try SecretFile(path: file.text, place: file.place)
            if let warning = secret.warning { warnings.append(warning) }
            (text, place) = (secret.text, file.place)
        }
        do {
            return try UpstreamKey(text, field: field ?? UpstreamKey.Field(for: upstream))
        } catch let error as GatewayError {
            throw CommandFailure("\(place): \(error.message)")
        }
    }
}
