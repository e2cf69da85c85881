import OpenAIUsage

/// The rules for label values.
enum LabelValue {
    /// The value that represents values not admitted as labels.
    static let other = "other"
    /// The value for calls without a model.
    static let none = "none"
    /// The maximum length of a value, in bytes.
    static let maximumLength = 128

    /// Removes control characters and cuts the value to whole characters within ``maximumLength``.
    static func clean(_ value: String) -> String {
        if value.utf8.count <= maximumLength, !hasControls(value) { return value }
        var cleaned = ""
        var length = 0
        for character in value {
            let kept = character.unicodeScalars.filter { $0.properties.generalCategory != .control }
            let size = kept.reduce(0) { $0 + $1.utf8.count }
            guard length + size <= maximumLength else { break }
            cleaned.unicodeScalars.append(contentsOf: kept)
            length += size
        }
        return cleaned
    }

    /// Returns true for control characters: ASCII's, and U+0080 to U+009F, encoded as 0xC2 and 0x80 to 0x9F.
    private static func hasControls(_ value: String) -> Bool {
        var previous: UInt8 = 0
        for byte in value.utf8 {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }

    /// Returns the label of a project.
    static func project(_ project: String) -> String {
        let cleaned = clean(project)
        return cleaned.isEmpty ? other : cleaned
    }

    /// Returns the label of a model: its name without the date of a snapshot, and a fine-tuned model's base
    /// (`ft:gpt-4o-mini`).
    ///
    /// The rest of a fine-tuned name is private to the organization and differs for each job.
    static func model(_ model: String?) -> String {
        guard let model, !model.isEmpty else { return none }
        let cleaned = clean(model)
        guard !cleaned.isEmpty else { return other }
        guard cleaned.hasPrefix("ft:") else { return ModelAlias.alias(of: cleaned) }
        return "ft:" + ModelAlias.alias(of: String(cleaned.dropFirst(3).prefix { $0 != ":" }))
    }
}
