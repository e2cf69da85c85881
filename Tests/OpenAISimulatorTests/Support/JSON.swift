import Foundation

/// JSON as Foundation reads it, to check the simulator's own writer and parser against another implementation.
struct JSON {
    let value: Any?

    init(_ data: Data) throws {
        value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    }

    init(_ text: String) throws {
        try self.init(Data(text.utf8))
    }

    private init(value: Any?) {
        self.value = value
    }

    subscript(name: String) -> JSON {
        JSON(value: (value as? [String: Any])?[name])
    }

    subscript(index: Int) -> JSON {
        guard let array = value as? [Any], array.indices.contains(index) else { return JSON(value: nil) }
        return JSON(value: array[index])
    }

    /// Whether the member is there, be it null.
    var exists: Bool { value != nil }
    var isNull: Bool { value is NSNull }
    var string: String? { value as? String }
    var int: Int? { (value as? NSNumber)?.intValue }
    var double: Double? { (value as? NSNumber)?.doubleValue }
    var bool: Bool? { value as? Bool }
    var count: Int? { (value as? [Any])?.count }
    var keys: Set<String> { Set((value as? [String: Any])?.keys.map { $0 } ?? []) }
}
