/// Names that are shortened for a column of a table, and would look alike.
enum DistinctNames {
    /// Returns what is shown of names that are alike once they are shortened; others are not in it.
    ///
    /// They have the same beginning and the same end: instead, each is shown from its first character that differs on.
    ///
    /// - Parameters:
    ///   - names: The names of a column, without control characters.
    ///   - width: The cells of the column.
    /// - Returns: The texts by name, each of at most as many cells.
    static func shown(_ names: some Sequence<String>, width: Int) -> [String: String] {
        let long = Set(names).filter { DisplayWidth.of($0) > width }
        guard long.count > 1, width >= 5 else { return [:] }
        var shown: [String: String] = [:]
        for alike in Dictionary(grouping: long, by: { DisplayWidth.shortened($0, to: width) }).values {
            guard alike.count > 1, let first = alike.first else { continue }
            let common = alike.dropFirst().reduce(first.count) { least, name in
                min(least, zip(first, name).prefix { $0 == $1 }.count)
            }
            for name in alike {
                let rest = String(name.dropFirst(max(0, common - 1)))
                shown[name] = "…" + TextFit.shortened(rest, width: width - 1, keepsStart: true)
            }
        }
        return shown
    }
}
