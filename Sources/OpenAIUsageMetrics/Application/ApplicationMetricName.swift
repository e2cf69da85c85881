/// The names under which an application's own metrics are shown.
enum ApplicationMetricName {
    /// The longest name that is kept, in bytes, before suffixes.
    static let maximumLength = 200
    /// What stands before a name that the library uses itself.
    static let applicationPrefix = "app_"
    /// How the library's own names begin.
    static let libraryPrefix = "oai_usage_"

    /// A family's name: with `_seconds` for a timer, without `_total` for a counter.
    static func family(_ label: String, _ kind: ApplicationMetricKind) -> String {
        var name = clean(label)
        if name.hasPrefix(libraryPrefix) { name = applicationPrefix + name }
        switch kind {
        case .counter:
            while name.hasSuffix("_total") { name.removeLast(6) }
            return name.isEmpty ? "_" : name
        case .timer: return name.hasSuffix("_seconds") ? name : name + "_seconds"
        case .gauge, .recorder: return name
        }
    }

    /// The name of a metric whose family's name is that of a metric of another kind.
    static func distinct(_ family: String, _ kind: ApplicationMetricKind) -> String {
        // Names that tell a type of Prometheus, as `_gauge`, are found fault with by its own tool.
        switch kind {
        case .counter: family + "_events"
        case .gauge: family + "_current"
        case .recorder: family + "_distribution"
        case .timer: family.dropLast(8) + "_timer_seconds"
        }
    }

    /// The name of a label, which is none of those that the formats use themselves.
    static func label(_ name: String) -> String {
        var name = clean(name)
        while name.hasPrefix("__") { name.removeFirst() }
        return name == "le" || name == "quantile" ? name + "_" : name
    }

    /// A name of letters, digits and underscores, not beginning with a digit.
    private static func clean(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(maximumLength) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                bytes.append(byte)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte)
            // A character of several bytes is one underscore.
            case 0x80..<0xC0: break
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }
}
