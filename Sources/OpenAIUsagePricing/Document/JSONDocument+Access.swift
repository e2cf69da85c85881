extension JSONDocument.Value {
    /// Returns the value of an object's member; the last one if the name occurs more than once.
    package subscript(name: String) -> JSONDocument.Value? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.node.value
    }

    /// The members of an object; empty for other values.
    package var members: [JSONDocument.Member] {
        if case .object(let members) = self { return members }
        return []
    }

    /// The elements of an array; empty for other values.
    package var elements: [JSONDocument.Value] {
        if case .array(let elements) = self { return elements.map(\.value) }
        return []
    }

    /// The text of a string; `nil` for other values.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The text of a number; `nil` for other values.
    package var number: String? {
        if case .number(let text) = self { return text }
        return nil
    }
}
