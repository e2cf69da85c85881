extension JSONDocument.Value {
    /// The value of a member of an object: the last one of its name.
    package subscript(name: String) -> JSONDocument.Value? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.node.value
    }

    /// The members of an object; none for anything else.
    package var members: [JSONDocument.Member] {
        if case .object(let members) = self { return members }
        return []
    }

    /// The elements of an array; none for anything else.
    package var elements: [JSONDocument.Value] {
        if case .array(let elements) = self { return elements.map(\.value) }
        return []
    }

    /// The text of a string.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The text of a number.
    package var number: String? {
        if case .number(let text) = self { return text }
        return nil
    }
}
