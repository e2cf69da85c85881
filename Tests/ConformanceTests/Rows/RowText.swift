import OpenAIUsage

/// A row as text, one line for each value in it, by the name of its field.
struct RowText: Equatable {
    private(set) var values: [String: String] = [:]

    init(_ record: CallRecord) {
        // By reflection, so that a field that is new is compared too.
        for child in Mirror(reflecting: record).children { add(child.value, at: child.label ?? "?") }
    }

    private mutating func add(_ value: Any, at name: String) {
        if let limits = value as? RateLimits {
            values["\(name).order"] = limits.windows.map(\.resource).joined(separator: ", ")
            for (resource, window) in limits.windows { values["\(name)[\(resource)]"] = "\(window)" }
            return
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional?:
            if let wrapped = mirror.children.first { add(wrapped.value, at: name) }
        case .dictionary?:
            for child in mirror.children {
                let pair = Array(Mirror(reflecting: child.value).children)
                if pair.count == 2 { add(pair[1].value, at: "\(name)[\(pair[0].value)]") }
            }
        case .struct? where !mirror.children.isEmpty:
            for child in mirror.children { add(child.value, at: "\(name).\(child.label ?? "?")") }
        case .collection?:
            for (index, child) in mirror.children.enumerated() { add(child.value, at: "\(name)[\(index)]") }
        default: values[name] = "\(value)"
        }
    }

    /// What stands differently in another row, as lines to be read.
    func differences(from other: RowText, except isLeftOut: (String) -> Bool) -> [String] {
        Set(values.keys).union(other.values.keys).sorted().compactMap { name in
            guard values[name] != other.values[name], !isLeftOut(name) else { return nil }
            return "\(name): \(values[name] ?? "nothing") instead of \(other.values[name] ?? "nothing")"
        }
    }
}
