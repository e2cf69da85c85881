import OpenAIUsageGateway
import OpenAIUsagePricing

/// The JSON Schema (draft 2020-12) of the configuration file, made from the table of settings.
///
/// Editors follow it while the file is written; `oai-usage config check` checks more, as what excludes one another.
enum ConfigurationSchema {
    /// The schema as indented JSON.
    static var text: String { document.indented + "\n" }

    static var document: JSONDocument.Value {
        .members([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("oai-usage configuration")),
            (
                "description",
                .string(
                    "Settings by the names of their flags. Comments and trailing commas are allowed. A flag goes before a variable (OAI_USAGE_NAME), and that before this file."
                )
            ),
            ("type", .string("object")), ("additionalProperties", .bool(false)),
            (
                "properties",
                .members(
                    [
                        (
                            ConfigurationFile.schemaKey,
                            .members(["type": .string("string"), "description": .string("Where this schema is.")])
                        )
                    ]
                        + Setting.all.map { ($0.name, property($0)) }
                )
            ),
        ])
    }

    private typealias Members = [(name: String, value: JSONDocument.Value?)]

    private static func property(_ setting: Setting) -> JSONDocument.Value {
        let description = "\(setting.summary) Variable: \(setting.variable)."
        return .members([("description", .string(description))] + type(setting) + [("default", standard(setting))])
    }

    private static func standard(_ setting: Setting) -> JSONDocument.Value? {
        setting.standard.map { text in
            switch setting.kind {
            case .boolean: .bool(text == "true")
            case .number, .workers: .number(text)
            default: .string(text)
            }
        }
    }

    private static func type(_ setting: Setting) -> Members {
        switch setting.kind {
        case .path: string + [("minLength", .number("1"))]
        case .address: string + pattern(#"^(\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]]*):[0-9]{1,5}$"#)
        case .url: string + pattern(#"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/@?#][^\s@?#]*$"#)
        case .time: string + pattern("^[0-9]+([.][0-9]{1,6})?(ms|s|m|min|h|d|w)$")
        case .choice(let words): [("enum", .elements(words.map { .string($0) }))]
        case .boolean: [("type", .string("boolean"))]
        case .timeZone: string + pattern("^(UTC|GMT|[A-Za-z_]+/.+)$")
        case .number(let range): integerOrDigits(range, "^[0-9]+$")
        case .workers: integerOrDigits(1...64, "^([0-9]+|auto)$")
        case .size(let range): integerOrDigits(range, "^[0-9]+(B|[kK]B|MB|GB|[kK]|M|G|KiB|MiB|GiB)?$")
        case .list: anyOf(string, array)
        case .pairs: anyOf(string, array, [("type", .string("object")), ("additionalProperties", .members(string))])
        case .document: routes
        }
    }

    private static let string: Members = [("type", .string("string"))]
    private static let array: Members = [("type", .string("array")), ("items", .members(string))]

    private static func pattern(_ text: String) -> Members { [("pattern", .string(text))] }

    private static func anyOf(_ types: Members...) -> Members {
        [("anyOf", .elements(types.map { .members($0) }))]
    }

    private static func integerOrDigits(_ range: ClosedRange<Int>, _ pattern: String) -> Members {
        let integer: Members = [
            ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
            ("maximum", .integer(range.upperBound)),
        ]
        return anyOf(integer, string + self.pattern(pattern))
    }

    private static var routes: Members {
        let fields = UpstreamKey.Field.allCases.map { JSONDocument.Value.string($0.rawValue) }
        func text(_ description: String, _ more: Members = []) -> JSONDocument.Value {
            .members(string + [("minLength", .number("1")), ("description", .string(description))] + more)
        }
        let route: Members = [
            ("type", .string("object")), ("additionalProperties", .bool(false)),
            ("required", .elements([.string("upstream")])),
            (
                "properties",
                .members([
                    "upstream": text("Where the calls of the route go."),
                    "key-env": text("The variable that holds the route's key.", pattern("^[A-Z0-9_]{1,64}$")),
                    "key-file": text("The file that holds the route's key."),
                    "key-header": .members([
                        "description": .string("The field that the key is sent in."), "enum": .elements(fields),
                    ]),
                ])
            ),
        ]
        return [
            ("type", .string("object")),
            ("propertyNames", .members(pattern("^/"))),
            ("additionalProperties", .members(route)),
        ]
    }
}
