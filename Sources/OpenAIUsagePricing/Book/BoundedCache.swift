/// A dictionary that empties itself when full, so that names from outside cannot exhaust memory.
///
/// Up to 1024 entries are stored; keys longer than 256 bytes are not.
struct BoundedCache<Value: Sendable>: Sendable {
    private static var capacity: Int { 1024 }
    private static var maximumKeyLength: Int { 256 }

    private var values: [String: Value] = [:]

    subscript(key: String) -> Value? {
        get { values[key] }
        set {
            guard key.utf8.count <= Self.maximumKeyLength else { return }
            if values.count >= Self.capacity { values.removeAll(keepingCapacity: true) }
            values[key] = newValue
        }
    }
}
