import ArgumentParser
import Foundation
import NIOSSL
import OpenAIUsage
import OpenAIUsageLedger

/// The flags that say which ledgers are read: files of this machine, and those of gateways.
struct LedgersOption: ParsableArguments {
    /// The variable that names the file of certificate authorities that vouch for gateways.
    static let authoritiesVariable = "OAI_USAGE_ADMIN_CA"

    @Option(
        help: ArgumentHelp(
            "A ledger's file, or where a gateway's operators connect, as in http://host:10464; repeatable, and read as one. (default: ~/.local/share/oai-usage/ledger.db)",
            valueName: "path-or-url"
        )
    )
    var ledger: [String] = []

    @OptionGroup var credentials: AdminTokenOption

    @Option(
        help: ArgumentHelp(
            "Certificates that vouch for gateways besides the system's, as PEM. (default: the variable OAI_USAGE_ADMIN_CA)",
            valueName: "file"
        )
    )
    var adminCa: String?

    @Option(help: ArgumentHelp("The configuration file. (default: ~/.config/oai-usage/config.json)", valueName: "path"))
    var config: String?

    /// The settings that the flags leave open.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }

    /// The ledgers to read, each once.
    ///
    /// - Throws: A ``CommandFailure`` for what is no path and no URL of a gateway.
    func places(_ settings: Settings) throws -> [LedgerPlace] {
        var places: [LedgerPlace] = []
        for text in ledger.isEmpty ? [settings.ledger(nil)] : ledger {
            let place = try LedgerPlace(text)
            if !places.contains(where: { $0.isSame(as: place) }) { places.append(place) }
        }
        guard places.count <= LedgerUnion.maximumCount else {
            throw CommandFailure(
                "There are \(places.count) ledgers; at most \(LedgerUnion.maximumCount) are read as one."
            )
        }
        return places
    }

    /// The ledgers as one.
    ///
    /// - Parameters:
    ///   - places: The ledgers.
    ///   - settings: The settings that say which token is sent.
    /// - Returns: The union.
    /// - Throws: A ``CommandFailure`` if the token or the certificates cannot be read.
    func union(_ places: [LedgerPlace], _ settings: Settings) throws -> LedgerUnion {
        let isRemote = places.contains { $0.url != nil }
        let isEncrypted = places.contains { $0.url?.isEncrypted == true }
        let token = try isRemote ? credentials.token(settings) : nil
        let tls = try isEncrypted ? Self.tls(adminCa ?? settings.variable(Self.authoritiesVariable)) : nil
        return LedgerUnion(
            places.map { place -> any LedgerSource in
                switch place {
                case .file(let path): LedgerFileSource(AsyncLedgerReader(path: path, progress: WorkProgress.upgrade()))
                case .gateway(let url): GatewayLedger(url, token: token, tls: tls)
                }
            }
        )
    }

    /// The calls that an identity names.
    ///
    /// - Throws: A ``CommandFailure`` if there are none.
    func calls(matching identity: String, _ settings: Settings) async throws -> [CallRecord] {
        let places = try places(settings)
        let records = try await union(places, settings).calls(matching: identity)
        guard !records.isEmpty else {
            var message = "No call in \(places.map(\.name).joined(separator: ", ")) is named \(identity)."
            for (place, before) in try await prunedParts(places) {
                message += " Calls of \(place.name) before \(TimestampText.utc(before, isShort: true)) are pruned."
            }
            throw CommandFailure(message)
        }
        return records
    }

    /// Says of ledgers of this machine that calls of a range are pruned.
    ///
    /// - Parameters:
    ///   - places: The ledgers.
    ///   - start: The beginning of the range in microseconds since 1970; `nil` for one without.
    /// - Throws: A ``LedgerError``.
    func tellPruned(_ places: [LedgerPlace], from start: Int64?) async throws {
        for (place, before) in try await prunedParts(places) where start ?? .min < before {
            let name = places.count > 1 ? " of \(place.name)" : ""
            StandardError.write("Calls\(name) before \(TimestampText.utc(before, isShort: true)) are pruned.")
        }
    }

    /// The ledgers of this machine of which calls are pruned, and the times before which.
    private func prunedParts(_ places: [LedgerPlace]) async throws -> [(LedgerPlace, Int64)] {
        var parts: [(LedgerPlace, Int64)] = []
        for place in places {
            guard let path = place.path else { continue }
            if let before = try await AsyncLedgerReader(path: path).run({ try $0.prunedBefore() }) {
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

/// The place of a ledger.
enum LedgerPlace: Equatable {
    /// In a file of this machine.
    case file(String)
    /// In a gateway, by the URL of its listener for operators.
    case gateway(GatewayURL)

    /// Reads a path or a URL.
    ///
    /// - Throws: A ``CommandFailure`` for a URL that is not understood.
    init(_ text: String) throws {
        guard text.contains("://") else {
            self = .file(text)
            return
        }
        self = .gateway(try GatewayURL(text))
    }

    /// The path, or the URL.
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

    /// True if another place is this one, whatever links lead to it.
    func isSame(as other: LedgerPlace) -> Bool {
        guard let path, let otherPath = other.path else { return self == other }
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        return resolved(path) == resolved(otherPath)
    }
}

/// The URL of a gateway's listener for operators.
struct GatewayURL: Equatable, CustomStringConvertible {
    var isEncrypted: Bool
    var host: String
    var port: Int
    /// The path before `/api/v1`; empty for none.
    var path: String

    /// Reads a URL.
    ///
    /// - Throws: A ``CommandFailure`` that repeats no password.
    init(_ text: String) throws {
        let example = "write it as http://host:10464 or https://host"
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty,
            1...65_535 ~= components.port ?? 80
        else { throw CommandFailure("A --ledger is no path and no http or https URL; \(example).") }
        guard components.user == nil, components.password == nil else {
            throw CommandFailure(
                "A user stands before the host \(host) of a --ledger; send a token by \(AdminTokenOption.variable) instead."
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

    /// The value of the field `Host`.
    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// The URL.
    var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(path)" }
}
