/// Finds the name that a mistyped one most likely means.
enum NearNames {
    /// Returns the candidate that a mistyped name most likely means; `nil` if none is similar.
    ///
    /// Case, dashes, underscores, periods and blanks do not count. A name that only starts like a candidate of at least
    /// three letters is similar too, since people type `proj` for `project`.
    static func nearest(to name: String, in candidates: [String]) -> String? {
        let typed = plain(name)
        guard !typed.isEmpty else { return nil }
        let ranked = candidates.map { ($0, distance(plain($0), typed)) }.min { $0.1 < $1.1 }
        if let (candidate, distance) = ranked, distance <= threshold(typed.count) { return candidate }
        guard typed.count >= 3 else { return nil }
        let completed = candidates.filter { plain($0).starts(with: typed) }
        return completed.count == 1 ? completed.first : nil
    }

    /// Returns ` Did you mean 'NAME'?` for a mistyped name, or empty text if no candidate is similar.
    static func hint(for name: String, in candidates: [String]) -> String {
        nearest(to: name, in: candidates).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// The greatest distance at which a name of a length is similar: a third of it, from 1 to 3.
    static func threshold(_ length: Int) -> Int { max(1, min(3, length / 3)) }

    /// Normalizes a name, so that only what people remember of it is compared.
    private static func plain(_ name: String) -> [Character] {
        name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." && $0 != " " }.map { $0 }
    }

    /// Returns the number of characters to insert, remove, replace or swap with the next (optimal string alignment).
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for (index, character) in left.enumerated() {
            var row = [index + 1]
            for (column, other) in right.enumerated() {
                var least = min(rows[index][column] + (character == other ? 0 : 1), rows[index][column + 1] + 1)
                least = min(least, row[column] + 1)
                if index > 0, column > 0, character == right[column - 1], left[index - 1] == other {
                    least = min(least, rows[index - 1][column - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
