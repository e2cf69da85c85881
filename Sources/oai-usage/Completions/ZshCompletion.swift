/// An addition to the parser's completion script for zsh: values after an equals sign, as in `--format=json`.
enum ZshCompletion {
    /// Returns the parser's script with an equals sign after the name of each long option that has a value.
    static func completed(_ script: String) -> String {
        guard script.hasPrefix("#compdef ") else { return script }
        return script.split(separator: "\n", omittingEmptySubsequences: false).map { completed($0) }
            .joined(separator: "\n")
    }

    /// Returns a line with an equals sign after the names of an option with a value, as in `{--project=,-p}`.
    private static func completed(_ line: Substring) -> String {
        // A value follows the description, in whose text brackets are escaped.
        guard let option = line.wholeMatch(of: /( +'[^\[]*)(\[.*[^\\]\]:.*)/) else { return String(line) }
        let names = option.output.1
        if let alternatives = names.firstIndex(of: "{") {
            let long = names[alternatives...].replacing(/--[a-z0-9-]+/) { "\($0.output)=" }
            return String(names[..<alternatives] + long + option.output.2)
        }
        return names.contains("--") ? "\(names)=\(option.output.2)" : String(line)
    }
}
