/// The values that labels may have.
enum LabelValue {
    /// What stands for a value that may not become a label.
    static let other = "other"
    /// What stands for the model of a call that has none.
    static let none = "none"
    /// The most bytes of a value.
    static let maximumLength = 128

    /// The value without control characters, cut to whole characters within ``maximumLength``.
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

    /// Whether there are control characters: those of ASCII, and those that UTF-8 writes as 0xC2 and 0x80 to 0x9F.
    private static func hasControls(_ value: String) -> Bool {
        var previous: UInt8 = 0
        for byte in value.utf8 {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }

    /// The name of a project.
    static func project(_ project: String) -> String {
        let cleaned = clean(project)
        return cleaned.isEmpty ? other : cleaned
    }

    /// The name of a model, where a fine-tuned one is named after its base: `ft:gpt-4o-mini-2024-07-18`.
    ///
    /// The rest of a fine-tuned name is the organization's own, and there is one for each job.
    static func model(_ model: String?) -> String {
        guard let model, !model.isEmpty else { return none }
        let cleaned = clean(model)
        guard !cleaned.isEmpty else { return other }
        guard cleaned.hasPrefix("ft:") else { return cleaned }
        return "ft:" + cleaned.dropFirst(3).prefix { $0 != ":" }
    }
}
