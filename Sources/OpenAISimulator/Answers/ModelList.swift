/// The answers of `/v1/models`.
enum ModelList {
    /// Creates the list of all models.
    static func all() -> ReplyBody {
        .json(capacity: 16 * 1024) { writer in
            writer.member("object", "list")
            writer.array("data") { writer in
                for model in ModelCatalog.listed {
                    writer.element { writer in
                        writer.object { write(model.name, to: &$0) }
                    }
                }
            }
        }
    }

    /// Creates the answer for one model.
    static func one(_ model: ModelCatalog.Model) -> ReplyBody {
        .json { write(model.name, to: &$0) }
    }

    private static func write(_ name: String, to writer: inout JSONWriter) {
        var hash = StableHash(seed: 0)
        hash.combine(name)
        writer.member("id", name)
        writer.member("object", "model")
        writer.member("created", 1_700_000_000 + Int(hash.value % 90_000_000))
        let organization = name.hasPrefix("ft:") ? name.split(separator: ":", omittingEmptySubsequences: false) : []
        writer.member("owned_by", organization.count > 2 ? String(organization[2]) : "system")
    }
}
