import ArgumentParser
import Foundation
import NIOSSL
import OpenAIUsage
import OpenAIUsageLedger

/// The flags for the ledgers to read, from local files and gateways.
struct LedgersOption: ParsableArguments {
    /// The environment variable with the file of certificate authorities for gateways.
    static let authoritiesVariable = "OAI_USAGE_ADMIN_CA"

    @Option(
        help: ArgumentHelp(
            "A ledger's file, or where a gateway's operators connect, as in http://host:10464; repeatable, and read as one. (default: ~/.local/share/oai-usage/ledger.db)",
            valueName: "path-or-url"
        ),
        completion: .file()
    )
    var ledger: [String] = []

    @OptionGroup var credentials: AdminTokenOption

    @Option(
        help: ArgumentHelp(
            "Certificates that vouch for gateways besides the system's, as PEM. (default: the variable OAI_USAGE_ADMIN_CA)",
            valueName: "file"
        ),
        completion: .file()
    )
    var adminCa: String?

    @Option(
        help: ArgumentHelp("The configuration file. (default: ~/.config/oai-usage/config.json)", valueName: "path"),
        completion: .file()
    )
    var config: String?

    func validate() throws {
        for path in ledger {
            try EmptyPath.refuse(path, "--ledger")
            try LedgerOption.requireValid(path)
        }
        try EmptyPath.refuse(adminCa, "--admin-ca")
        try EmptyPath.refuse(config, "--config")
    }

    /// Returns the settings that apply where flags are absent.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }

    /// Returns the ledgers to read, without duplicates.
    ///
    /// - Throws: A ``CommandFailure`` for an invalid URL or too many ledgers.
    func places(_ settings: Settings) throws -> [LedgerLocation] {
        var places: [LedgerLocation] = []
        for text in ledger.isEmpty ? [settings.ledger(nil)] : ledger {
            let place = try LedgerLocation(text)
            if !places.contains(where: { $0.isSame(as: place) }) { places.append(place) }
        }
        guard places.count <= LedgerUnion.maximumCount else {
            throw CommandFailure(
                "There are \(places.count) ledgers; at most \(LedgerUnion.maximumCount) are read as one."
            )
        }
        return places
    }

    /// Combines ledgers into one.
    ///
    /// - Parameters:
    ///   - places: The ledgers.
    ///   - settings: The settings with the admin token.
    /// - Returns: The union.
    /// - Throws: A ``CommandFailure`` if the token or the certificates cannot be read.
    func union(_ places: [LedgerLocation], _ settings: Settings) throws -> LedgerUnion {
        let isRemote = places.contains { $0.url != nil }
        let isEncrypted = places.contains { $0.url?.isEncrypted == true }
        let token = try isRemote ? credentials.token(settings) : nil
        let tls = try isEncrypted ? Self.tls(settings.text("admin-ca", adminCa)) : nil
        return LedgerUnion(
            places.map { place -> any LedgerSource in
                switch place {
                case .file(let path): LedgerFileSource(AsyncLedgerReader(path: path, progress: WorkProgress.upgrade()))
                case .gateway(let url): GatewayLedger(url, token: token, tls: tls)
                }
            }
        )
    }

    /// Returns the calls with an identifier.
    ///
    /// - Throws: A ``CommandFailure`` if there are none.
    func calls(matching identity: String, _ settings: Settings) async throws -> [CallRecord] {
        let places = try places(settings)
        // Some identities are not in the index.
        let progress = ElapsedProgress("Looking for \(TextCleaner.removingUnsafe(from: String(identity.prefix(60))))")
        defer { progress.end() }
        var records = try await union(places, settings).calls(matching: identity)
        if records.isEmpty, let whole = try await completed(identity, union(places, settings)) {
            records = try await union(places, settings).calls(matching: whole)
        }
        guard !records.isEmpty else {
            var message = "No call in \(places.map(\.name).joined(separator: ", ")) is named \(identity)."
            if identity.utf8.count < IdentityPrefix.minimumLength {
                message += " A beginning must have \(IdentityPrefix.minimumLength) characters at least."
            }
            for (place, before) in try await prunedParts(places) {
                message += " Calls of \(place.name) before \(TimestampText.utc(before, isShort: true)) are pruned."
            }
            throw CommandFailure(message)
        }
        return records
    }

    /// Returns the costs that a call had before it was repriced, the oldest first.
    func formerCosts(of call: CallID, _ settings: Settings) async throws -> [FormerCost] {
        try await union(try places(settings), settings).formerCosts(of: call)
    }

    /// Returns the identity in the ledgers that begins with a text; `nil` if none does.
    ///
    /// - Throws: A ``CommandFailure`` with the identities if there are several.
    private func completed(_ prefix: String, _ union: LedgerUnion) async throws -> String? {
        let identities = try await union.identities(beginningWith: prefix)
        guard identities.count > 1 else { return identities.first }
        let shown = identities.prefix(5).joined(separator: ", ")
        throw CommandFailure(
            "\(prefix) is the beginning of several: \(shown)\(identities.count > 5 ? ", ..." : ""). Give more of it."
        )
    }

    /// Reports local ledgers in which calls of a range have been pruned.
    ///
    /// - Parameters:
    ///   - places: The ledgers.
    ///   - start: The start of the range in microseconds since 1970; `nil` if it is unbounded.
    /// - Throws: A ``LedgerError``.
    func reportPruned(_ places: [LedgerLocation], from start: Int64?) async throws {
        for (place, before) in try await prunedParts(places) where start ?? .min < before {
            let name = places.count > 1 ? " of \(place.name)" : ""
            StandardError.write("Calls\(name) before \(TimestampText.utc(before, isShort: true)) are pruned.")
        }
    }

    /// Returns the local ledgers with pruned calls, each with the time before which calls are pruned.
    private func prunedParts(_ places: [LedgerLocation]) async throws -> [(LedgerLocation, Int64)] {
        var parts: [(LedgerLocation, Int64)] = []
        for place in places {
            guard let path = place.path else { continue }
            if let before = try await AsyncLedgerReader(path: path).run({ try $0.prunedBeforeMicroseconds() }) {
                parts.append((place, before))
            }
        }
        return parts
    }

    private static func tls(_ file: String?) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        if let file {
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
            } catch {
                throw CommandFailure(
                    "\(file), which --admin-ca or \(authoritiesVariable) names, has no certificates in PEM."
                )
            }
        }
        return try NIOSSLContext(configuration: tls)
    }
}

/// The location of a ledger.
enum LedgerLocation: Equatable {
    /// A local file.
    case file(String)
    /// A gateway, by the URL of its admin server.
    case gateway(GatewayURL)

    /// Creates a location from a path or URL.
    ///
    /// - Throws: A ``CommandFailure`` for an invalid URL.
    init(_ text: String) throws {
        guard text.contains("://") else {
            self = .file(text)
            return
        }
        self = .gateway(try GatewayURL(text))
    }

    /// The path or URL.
    var name: String {
        switch self {
        case .file(let path): path
        case .gateway(let url): url.description
        }
    }

    /// The path; `nil` for a gateway.
    var path: String? {
        if case .file(let path) = self { path } else { nil }
    }

    /// The URL; `nil` for a file.
    var url: GatewayURL? {
        if case .gateway(let url) = self { url } else { nil }
    }

    /// True if both locations are equal, after resolving symbolic links of paths.
    func isSame(as other: LedgerLocation) -> Bool {
        guard let path, let otherPath = other.path else { return self == other }
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        return resolved(path) == resolved(otherPath)
    }
}

/// The URL of a gateway's admin server.
struct GatewayURL: Equatable, CustomStringConvertible {
    var isEncrypted: Bool
    var host: String
    var port: Int
    /// The path before `/api/v1`; empty for none.
    var path: String

    /// Creates a URL from text.
    ///
    /// - Throws: A ``CommandFailure`` that does not repeat a password.
    init(_ text: String) throws {
        let example = "write it as http://host:10464 or https://host"
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty,
            URLPort.isValid(text)
        else { throw CommandFailure("--ledger must be a path or an http or https URL; \(example).") }
        guard components.user == nil, components.password == nil else {
            throw CommandFailure(
                "--ledger has a user before the host \(host); send a token in \(AdminTokenOption.variable) instead."
            )
        }
        guard components.query == nil, components.fragment == nil else {
            throw CommandFailure("The --ledger on \(host) has a query or a fragment; \(example).")
        }
        isEncrypted = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host.lowercased()
        port = components.port ?? (isEncrypted ? 443 : 80)
        var path = components.percentEncodedPath[...]
        while path.hasSuffix("/") { path = path.dropLast() }
        self.path = String(path)
    }

    /// The value of the `Host` header.
    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// The URL as text.
    var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(path)" }
}
