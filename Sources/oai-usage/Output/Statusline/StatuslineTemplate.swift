import ArgumentParser

/// A line with placeholders, as in `{today_usd} today, {errors_today} errors`.
struct StatuslineTemplate: Equatable {
    /// A part of the line.
    enum Part: Equatable {
        case text(String)
        case placeholder(StatuslineField)
    }

    let parts: [Part]

    /// Creates a template; `{{` and `}}` stand for braces.
    ///
    /// - Throws: A `ValidationError` for an unknown placeholder, which names the known ones, or an open brace.
    init(_ text: String) throws {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "}", rest.first == "}" { rest.removeFirst() }
            if character == "{", rest.first == "{" {
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw ValidationError("--format has a { without a }; write {{ for a brace.")
                }
                let name = String(rest[..<end])
                guard let field = StatuslineField(rawValue: name) else {
                    throw ValidationError(
                        "--format has the unknown placeholder {\(name.prefix(40))}. The placeholders are: \(StatuslineField.list)."
                    )
                }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.placeholder(field))
                rest = rest[rest.index(after: end)...]
                continue
            }
            plain.append(character)
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    /// The placeholders.
    var fields: Set<StatuslineField> {
        Set(parts.compactMap { if case .placeholder(let field) = $0 { field } else { nil } })
    }

    /// Returns the line.
    func text(_ figures: StatuslineFigures) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .placeholder(let field): figures[field]
            }
        }.joined()
    }
}
