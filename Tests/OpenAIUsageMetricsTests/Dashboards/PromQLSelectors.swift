/// What a query selects, as far as a check of names needs it.
struct PromQLSelectors {
    /// One selection of series.
    struct Selector: Equatable {
        var name: String
        /// The matchers as they are written, by label.
        var matchers: [String: String] = [:]
        /// The range in brackets, if there is one.
        var range: String?
        /// The functions and aggregations around it, from the outside.
        var functions: [String] = []
    }

    private(set) var selectors: [Selector] = []
    /// The labels in `by`, `on` and their kin.
    private(set) var groupingLabels: Set<String> = []
    /// Whether all parentheses, brackets and quotes are closed.
    private(set) var isBalanced = true

    private static let groupings: Set<String> = ["by", "without", "on", "ignoring", "group_left", "group_right"]
    private static let keywords: Set<String> = ["and", "or", "unless", "bool", "offset"]

    init(_ query: String) {
        let tokens = Self.tokens(query)
        var open: [String] = []
        var index = 0
        func token(_ index: Int) -> String { index < tokens.count ? tokens[index] : "" }
        while index < tokens.count {
            let current = tokens[index]
            index += 1
            if current == "(" {
                open.append("")
            } else if current == ")" {
                if open.popLast() == nil { isBalanced = false }
            } else if Self.groupings.contains(current), token(index) == "(" {
                while index < tokens.count, token(index) != ")" {
                    if Self.isIdentifier(token(index)) { groupingLabels.insert(token(index)) }
                    index += 1
                }
                index += 1
            } else if Self.isIdentifier(current), !Self.keywords.contains(current) {
                // An aggregation may have its labels between its name and its operand.
                if token(index) == "(" || Self.groupings.contains(token(index)) {
                    if Self.groupings.contains(token(index)) {
                        index += 2
                        while index < tokens.count, token(index) != ")" {
                            if Self.isIdentifier(token(index)) { groupingLabels.insert(token(index)) }
                            index += 1
                        }
                        index += 1
                    }
                    open.append(current)
                    index += 1
                    continue
                }
                var selector = Selector(name: current, functions: open.filter { !$0.isEmpty })
                if token(index) == "{" {
                    index += 1
                    while index < tokens.count, token(index) != "}" {
                        let isLabel = Self.isIdentifier(token(index))
                        if isLabel { selector.matchers[token(index)] = token(index + 2) }
                        index += isLabel ? 3 : 1
                    }
                    if index >= tokens.count { isBalanced = false }
                    index += 1
                }
                if token(index) == "[" {
                    selector.range = token(index + 1)
                    if token(index + 2) != "]" { isBalanced = false }
                    index += 3
                }
                selectors.append(selector)
            }
        }
        if !open.isEmpty { isBalanced = false }
    }

    private static func isIdentifier(_ token: String) -> Bool {
        token.first.map { $0.isLetter || $0 == "_" } ?? false
    }

    /// Names, texts in quotes, operators, and what stands in brackets as one token.
    private static func tokens(_ query: String) -> [String] {
        var tokens: [String] = []
        var rest = query[...]
        while let first = rest.first {
            var token = rest.prefix(1)
            if first.isWhitespace {
                rest = rest.dropFirst()
                continue
            } else if first.isLetter || first == "_" {
                token = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
            } else if first.isNumber || first == "." {
                token = rest.prefix { $0.isNumber || $0 == "." || $0 == "e" }
            } else if first == "\"" {
                let inside = rest.dropFirst().prefix { $0 != "\"" }
                tokens.append(String(inside))
                rest = rest[inside.endIndex...].dropFirst()
                continue
            } else if first == "[" {
                let inside = rest.dropFirst().prefix { $0 != "]" }
                tokens += ["[", String(inside)]
                rest = rest[inside.endIndex...]
                continue
            } else if "=!<>".contains(first) {
                token = rest.prefix { "=!<>~".contains($0) }
            }
            tokens.append(String(token))
            rest = rest[token.endIndex...]
        }
        return tokens
    }
}
