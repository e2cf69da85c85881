/// Small JSON objects as the ledger keeps them: on one line, without space, sorted by key.
package enum CompactJSON {
    /// The object of a dictionary whose values are JSON literals; `nil` for an empty one.
    ///
    /// A value that is no JSON becomes a string.
    package static func object(_ members: [String: String]) -> String? {
        if members.isEmpty { return nil }
        var json = JSONWriter()
        json.beginObject()
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            json.key(key)
            if let literal = compacted(value) { json.literal(literal) } else { json.string(value) }
        }
        json.endObject()
        return json.text
    }

    /// The object of a dictionary whose values are texts; `nil` for an empty one.
    package static func object(texts members: [String: String]) -> String? {
        if members.isEmpty { return nil }
        var json = JSONWriter()
        json.beginObject()
        for (key, value) in members.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
        json.endObject()
        return json.text
    }

    /// The members of an object whose values are texts.
    package static func texts(_ text: String) -> [String: String] {
        (members(of: text) ?? []).reduce(into: [:]) { texts, member in
            var parser = JSONCompactor(member.literal)
            texts[member.key] = parser.string()
        }
    }

    /// The object of tags.
    package static func object(_ tags: UsageTags) -> String {
        var json = JSONWriter()
        json.beginObject()
        for (key, value) in tags.pairs { json.member(key, value) }
        json.endObject()
        return json.text
    }

    /// The members of an object, each value as its literal; `nil` for what is not an object.
    package static func members(of text: String) -> [(key: String, literal: String)]? {
        var parser = JSONCompactor(text)
        return parser.members()
    }

    /// The members of an object as a dictionary.
    package static func dictionary(_ text: String) -> [String: String] {
        Dictionary((members(of: text) ?? []).map { ($0.key, $0.literal) }) { _, last in last }
    }

    /// The tags of an object.
    package static func tags(_ text: String) -> UsageTags {
        var tags = UsageTags()
        for (key, literal) in members(of: text) ?? [] {
            var parser = JSONCompactor(literal)
            tags[key] = parser.string()
        }
        return tags
    }

    /// The same value without space between its parts; `nil` for what is not one JSON value.
    package static func compacted(_ text: String) -> String? {
        var parser = JSONCompactor(text)
        return parser.document()
    }
}
