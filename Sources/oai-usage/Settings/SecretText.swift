/// Messages and values without what may be a key, a password or a token.
enum SecretText {
    /// Masks what may be secret: the user of a URL or an address, the query of a URL, keys, and the value of an authorization.
    static func masked(_ text: String) -> String {
        text.replacing(/([A-Za-z][A-Za-z0-9+.\-]*:)?\/\/+[^\s"']*@/) { "\($0.output.1 ?? "")//***@" }
            .replacing(/[^\s"'@\/=]+:[^\s"'\/]*[^\s"']*@/) { match in
                // The user of a URL is masked already.
                match.output.hasSuffix("//***@") ? String(match.output) : "***@"
            }
            .replacing(/(:\/\/[^\s"'?#]*)[?#][^\s"']*/) { "\($0.output.1)?***" }
            .replacing(/\bsk-[A-Za-z0-9_-]+/) { _ in "sk-***" }
            // A word of prose has no digit.
            .replacing(/(?i)\b(bearer|basic)\s+(?!sk-\*\*\*)(?=[^\s,;"']*[0-9=])[^\s,;"']+/) { "\($0.output.1) ***" }
    }
}
