import ArgumentParser

/// A number of bytes: `65536`, `64KiB`, `64MiB`, `1GiB`, `10MB`.
struct ByteCount: ExpressibleByArgument, Equatable {
    var value: Int

    init(_ value: Int) {
        self.value = value
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        let scale: Int
        switch argument.dropFirst(digits.count) {
        case "", "B": scale = 1
        case "KB", "kB": scale = 1_000
        case "MB": scale = 1_000_000
        case "GB": scale = 1_000_000_000
        case "KiB", "K", "k": scale = 1 << 10
        case "MiB", "M": scale = 1 << 20
        case "GiB", "G": scale = 1 << 30
        default: return nil
        }
        let (value, isOverflow) = count.multipliedReportingOverflow(by: scale)
        guard !isOverflow else { return nil }
        self.value = value
    }

    /// The number in the largest binary unit that divides it.
    var defaultValueDescription: String {
        guard value > 0, let unit = Self.units.first(where: { value % $0.scale == 0 }) else { return "\(value)" }
        return "\(value / unit.scale)\(unit.name)"
    }

    private static let units = [
        (scale: 1 << 30, name: "GiB"), (scale: 1 << 20, name: "MiB"), (scale: 1 << 10, name: "KiB"),
    ]
}

/// A number of event loops: 1 to 64, or `auto` for one per core.
struct WorkerCount: ExpressibleByArgument, Equatable {
    /// The number; `nil` for one per core.
    var value: Int?

    init(_ value: Int?) {
        self.value = value
    }

    init?(argument: String) {
        if argument == "auto" { return }
        guard let value = Int(argument), 1...64 ~= value else { return nil }
        self.value = value
    }

    /// The number, or `auto`.
    var defaultValueDescription: String { value.map { String($0) } ?? "auto" }
}
