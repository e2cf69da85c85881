import ArgumentParser
import OpenAIUsageGateway

/// The flags for connecting to a running gateway's admin server.
struct AdminOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the gateway's operators connect. (default: 127.0.0.1:10464)", valueName: "url"))
    var admin: AdminArgument?

    @OptionGroup var credentials: AdminTokenOption

    /// Returns the address of the admin server.
    func address(_ settings: Settings) throws -> AdminArgument {
        try settings.value("admin", admin, otherwise: .standard)
    }

    /// Returns the bearer token; `nil` for none.
    ///
    /// - Throws: A ``CommandFailure`` that names the setting, without repeating a token.
    func token(_ settings: Settings) throws -> String? { try credentials.token(settings) }
}

/// The flag for the admin token to send to gateways.
struct AdminTokenOption: ParsableArguments {
    /// The environment variable that contains an admin token.
    static let variable = "OAI_USAGE_ADMIN_TOKEN"

    @Option(
        help: ArgumentHelp(
            "The gateway's tokens for operators, of which the first is sent. (default: the variable OAI_USAGE_ADMIN_TOKEN)",
            valueName: "file"
        ),
        completion: .file()
    )
    var adminTokenFile: String?

    /// Returns the bearer token; `nil` for none.
    ///
    /// The flag takes precedence over the environment variable with the token, and that over the token file of the
    /// settings.
    ///
    /// - Throws: A ``CommandFailure`` that names the setting, without repeating a token.
    func token(_ settings: Settings) throws -> String? {
        if adminTokenFile == nil, let token = settings.variable(Self.variable) {
            let text = token.trimming { $0.isWhitespace }
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw CommandFailure(
                    "The variable \(Self.variable) is not a token: it contains a blank or a line break."
                )
            }
            return text
        }
        guard let path = adminTokenFile ?? settings.text("admin-token-file") else { return nil }
        let place = adminTokenFile == nil ? settings.place("admin-token-file") : "--admin-token-file"
        let text = try SecretFile(path: path, place: place).text
        // Validates the file as a gateway does, for its error messages.
        _ = try AccessTokens(text: text, place: path)
        return text.split(whereSeparator: \.isNewline).map { $0.trimming { $0.isWhitespace || $0 == "\u{feff}" } }
            .first { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}

extension StringProtocol {
    /// Returns the text without leading and trailing characters that meet a condition.
    fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> String {
        var rest = drop(while: isLeftOut)
        while let last = rest.last, isLeftOut(last) { rest.removeLast() }
        return String(rest)
    }
}
