/// A JSON value of a request's body.
///
/// Numbers keep their text, so that echoing one changes nothing.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and its value.
    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONValue
    }

    /// The last member with that name; `nil` if there is none, or the value is not an object.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string; `nil` for other values.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of `true` or `false`; `nil` for other values.
    var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The value of a number without a fraction or an exponent; `nil` for other values.
    var integer: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    /// The elements of an array; `nil` for other values.
    var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// True for `null`.
    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Returns a hash that ignores white space and the order of an object's members.
    ///
    /// - Parameters:
    ///   - seed: The seed of the hash.
    ///   - excluded: A top-level member to ignore.
    /// - Returns: The hash.
    func stableHash(seed: UInt64, excluding excluded: String? = nil) -> UInt64 {
        var hash = StableHash(seed: seed)
        switch self {
        case .null:
            hash.combine(1)
        case .bool(let flag):
            hash.combine(flag ? 2 : 3)
        case .number(let digits):
            hash.combine(4)
            hash.combine(digits)
        case .string(let text):
            hash.combine(5)
            hash.combine(text)
        case .array(let elements):
            hash.combine(6)
            for element in elements {
                hash.combine(element.stableHash(seed: seed))
            }
            hash.combine(UInt64(elements.count))
        case .object(let members):
            hash.combine(7)
            // A sum is the same in every order.
            var sum: UInt64 = 0
            for member in members where member.name != excluded {
                var memberHash = StableHash(seed: seed)
                memberHash.combine(member.name)
                memberHash.combine(member.value.stableHash(seed: seed))
                sum &+= memberHash.value
            }
            hash.combine(sum)
        }
        return hash.value
    }
}
