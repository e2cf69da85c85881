/// The exposed names of application metrics.
enum ApplicationMetricName {
    /// The maximum length of a name in bytes, before suffixes; longer names are cut.
    static let maximumLength = 200
    /// The prefix for names that collide with the library's own.
    static let applicationPrefix = "app_"
    /// The prefix of the library's own names.
    static let libraryPrefix = "oai_usage_"

    /// Returns the name of a metric's family: with `_seconds` for a timer, without `_total` for a counter.
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

    /// Returns an alternative name, for a metric whose family name belongs to a metric of another kind.
    static func distinct(_ family: String, _ kind: ApplicationMetricKind) -> String {
        // Suffixes that name a Prometheus type, such as `_gauge`, are rejected by its linter.
        switch kind {
        case .counter: family + "_events"
        case .gauge: family + "_current"
        case .recorder: family + "_distribution"
        case .timer: family.dropLast(8) + "_timer_seconds"
        }
    }

    /// Returns the name of a label, changed if the exposition formats reserve it.
    static func label(_ name: String) -> String {
        var name = clean(name)
        while name.hasPrefix("__") { name.removeFirst() }
        return name == "le" || name == "quantile" ? name + "_" : name
    }

    /// Replaces all characters except letters, digits and underscores, and avoids a leading digit.
    private static func clean(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(maximumLength) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                bytes.append(byte)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte)
            // A multi-byte character becomes one underscore.
            case 0x80..<0xC0: break
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }
}
