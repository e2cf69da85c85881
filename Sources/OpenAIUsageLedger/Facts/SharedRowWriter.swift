import GRDB
import OpenAIUsage

/// The writer's complete copy of the shared tables; new rows get a number, and are saved with the calls that refer to them.
///
/// Every field has a limited number of values, and every table a limited number of rows. Beyond that a call's row stores the
/// value itself, so that clients which invent a new value for every call grow neither the memory nor the tables.
struct SharedRowWriter {
    /// The fields of a record that its row must store itself.
    struct RowFields {
        var series: UInt32 = 0
        var form: UInt32 = 0
        var isErrorInRow = false

        var isEmpty: Bool { series == 0 && form == 0 && !isErrorInRow }
    }

    /// The number of recent shapes that are tried.
    private static let latestCount = 8
    /// The most usage shapes.
    private static let shapeCapacity = 2_048

    private(set) var tables: SharedTables
    private var seriesNumbers: SharedRowIDs<Series>
    private var formNumbers: SharedRowIDs<CallForm>
    private var shapeIndex = SharedRowIndex()
    /// The recent shapes, with frequent ones first.
    private var latestShapes: [Int] = []
    /// The last forms of calls by series; 0 is none.
    private var latestForms: [SIMD4<Int32>] = []
    private var latestResult = 0
    private var resultNumbers: [CallResult: Int] = [:]
    private var identityNumbers: [UInt64: [Int]] = [:]
    private var saved: (series: Int, results: Int, forms: Int, shapes: Int, identities: Int)

    /// Creates a writer with the tables of a ledger.
    ///
    /// - Parameters:
    ///   - database: The ledger.
    ///   - capacity: The most values of a field.
    /// - Throws: An error of SQLite.
    init(_ database: Database, capacity: Int) throws {
        tables = SharedTables()
        try tables.update(database)
        seriesNumbers = SharedRowIDs(capacity: capacity * 32, values: capacity)
        formNumbers = SharedRowIDs(capacity: capacity * 16, values: capacity)
        saved = (0, 0, 0, 0, 0)
        for (index, series) in tables.series.lazy.map(\.value).enumerated() { seriesNumbers.insert(series, index + 1) }
        for (index, form) in tables.forms.lazy.map(\.value).enumerated() { formNumbers.insert(form, index + 1) }
        for (index, result) in tables.results.lazy.map(\.value).enumerated() { resultNumbers[result] = index + 1 }
        for (index, shape) in tables.shapes.lazy.map(\.value).enumerated() {
            shapeIndex.insert(index + 1, Self.hash(shape.format))
        }
        for (index, form) in tables.identityForms.lazy.map(\.value).enumerated() {
            identityNumbers[Self.hash(form), default: []].append(index + 1)
        }
        markSaved()
    }

    // MARK: - Series

    /// Returns the number of a record's series, which is added if it is new.
    mutating func series(of record: CallRecord, _ rowFields: inout RowFields) -> Int {
        let hash = Series.hash(record)
        if let known = seriesNumbers.number(hash, where: { tables.series[$0 - 1].value.matches(record) }) {
            return known
        }
        var series = Series(record)
        let known = seriesNumbers.number(of: &series, among: tables.series)
        rowFields.series = series.rowFields
        if let known { return known }
        tables.add(series)
        seriesNumbers.insert(series, tables.series.count)
        return tables.series.count
    }

    /// Returns the number of another ledger's series, which is added if it is new.
    mutating func number(of other: Series) -> Int {
        var series = other
        if series.rowFields == 0,
            let known = seriesNumbers.number(series.wholeHash, where: { tables.series[$0 - 1].value == other })
        {
            return known
        }
        if let known = seriesNumbers.number(of: &series, among: tables.series) { return known }
        tables.add(series)
        seriesNumbers.insert(series, tables.series.count)
        return tables.series.count
    }

    // MARK: - Results

    /// Returns the number of a record's result, which is added if it is new.
    mutating func result(of record: CallRecord, outcome: Outcome, _ rowFields: inout RowFields) -> Int {
        if latestResult > 0, tables.results[latestResult - 1].value.matches(record, outcome) { return latestResult }
        var result = CallResult(
            outcome: outcome,
            status: record.status,
            errorType: record.errorType,
            errorCode: record.errorCode
        )
        if let known = resultNumbers[result] {
            latestResult = known
            return known
        }
        if tables.results.count >= CallResult.capacity {
            result = CallResult(outcome: outcome, status: nil, errorType: nil, errorCode: nil, isErrorInRow: true)
            rowFields.isErrorInRow = true
        } else if (record.errorType?.utf8.count ?? 0) + (record.errorCode?.utf8.count ?? 0)
            > SharedRowIDs<Series>.maximumLength
        {
            (result.errorType, result.errorCode, result.isErrorInRow) = (nil, nil, true)
            rowFields.isErrorInRow = true
        }
        return number(of: result)
    }

    /// Returns the number of a result, which is added if it is new.
    mutating func number(of result: CallResult) -> Int {
        if let known = resultNumbers[result] { return known }
        tables.add(result)
        resultNumbers[result] = tables.results.count
        return tables.results.count
    }

    // MARK: - Forms

    /// Returns the number of a record's form, which is added if it is new.
    mutating func form(of record: CallRecord, series: Int, shape: Int, _ rowFields: inout RowFields) -> Int {
        while latestForms.count < series { latestForms.append(.zero) }
        let latest = latestForms[series - 1]
        for index in 0..<4 where latest[index] > 0 {
            let number = Int(latest[index])
            if tables.forms[number - 1].value.matches(record, shape: shape) { return number }
        }
        let number = indexedForm(of: record, shape: shape, &rowFields)
        // A form with fields in the rows of calls never matches a record.
        if rowFields.form == 0 {
            latestForms[series - 1] = SIMD4(Int32(truncatingIfNeeded: number), latest[0], latest[1], latest[2])
        }
        return number
    }

    private mutating func indexedForm(of record: CallRecord, shape: Int, _ rowFields: inout RowFields) -> Int {
        let hash = CallForm.hash(record, shape: shape)
        if let known = formNumbers.number(hash, where: { tables.forms[$0 - 1].value.matches(record, shape: shape) }) {
            return known
        }
        var form = CallForm(record, shape: shape)
        let known = formNumbers.number(of: &form, among: tables.forms)
        rowFields.form = form.rowFields
        if let known { return known }
        tables.add(form)
        formNumbers.insert(form, tables.forms.count)
        return tables.forms.count
    }

    // MARK: - Shapes of usage

    /// Returns the number of a recent shape that matches a record's usage, and the length of its integers as written to memory;
    /// `nil` if none does.
    mutating func latestShape(
        of usage: TokenUsage,
        _ text: UnsafeBufferPointer<UInt8>,
        _ numbers: inout UsageNumbers,
        into memory: UnsafeMutablePointer<UInt8>
    ) -> (number: Int, length: Int)? {
        for index in latestShapes.indices {
            let number = latestShapes[index]
            guard let length = numbers.read(text, as: tables.shapes[number - 1].value, into: memory),
                tables.shapes[number - 1].value.tells(usage, numbers)
            else { continue }
            if index > 0 { latestShapes.swapAt(index, index - 1) }
            return (number, length)
        }
        return nil
    }

    /// Returns the number of the shape that matches a record's usage, which is added if it is new; 0 if there is none.
    mutating func shape(of usage: TokenUsage, _ numbers: borrowing UsageNumbers) -> Int {
        let number = indexedShape(of: usage, numbers)
        if number > 0 {
            if latestShapes.count == Self.latestCount { latestShapes.removeLast() }
            latestShapes.insert(number, at: latestShapes.count / 2)
        }
        return number
    }

    private mutating func indexedShape(of usage: TokenUsage, _ numbers: borrowing UsageNumbers) -> Int {
        let hash = numbers.format.withUnsafeBufferPointer { format in
            var hash = SharedRowHash()
            hash.add(format)
            return hash.value
        }
        var others: [[Int8]] = []
        var place = hash
        while let number = shapeIndex.number(place, where: { _ in true }) {
            let shape = tables.shapes[number - 1].value
            if shape.format == numbers.format {
                if shape.tells(usage, numbers) { return number }
                others.append(shape.places)
            }
            place &+= 1
        }
        guard others.count < 16, tables.shapes.count < Self.shapeCapacity, numbers.format.count <= 4_096,
            let places = UsageShape.places(usage, numbers, unlike: others)
        else { return 0 }
        tables.add(UsageShape(format: numbers.format, places: places))
        shapeIndex.insert(tables.shapes.count, hash)
        return tables.shapes.count
    }

    private static func hash(_ format: [UInt8]) -> UInt64 {
        format.withUnsafeBufferPointer { format in
            var hash = SharedRowHash()
            hash.add(format)
            return hash.value
        }
    }

    // MARK: - Forms of identities

    /// Encodes an identity's number and varying part, if it has a given form.
    ///
    /// - Returns: The number of bytes; `nil` if the identity has another form.
    func pack(
        _ text: UnsafeBufferPointer<UInt8>,
        as number: Int,
        into memory: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        guard number > 0 else { return nil }
        let count = tables.identityForms[number - 1].value.pack(text, into: memory + 1)
        memory[0] = UInt8(truncatingIfNeeded: number)
        return count.map { $0 + 1 }
    }

    /// Returns the number of an identity's form, which is added if it is new; `nil` if the identity is stored as text.
    mutating func identityForm(_ text: UnsafeBufferPointer<UInt8>, _ parts: IdentityParts) -> Int? {
        let prefix = UnsafeBufferPointer(rebasing: text[..<parts.prefix])
        let suffix = UnsafeBufferPointer(rebasing: text[(text.count - parts.suffix)...])
        var hash = SharedRowHash()
        hash.add(prefix)
        hash.add(suffix)
        hash.add(parts.kind.rawValue)
        for number in identityNumbers[hash.value] ?? [] {
            let form = tables.identityForms[number - 1].value
            if form.kind == parts.kind, form.prefix.utf8.elementsEqual(prefix), form.suffix.utf8.elementsEqual(suffix) {
                return number
            }
        }
        guard tables.identityForms.count < IdentityForm.capacity else { return nil }
        tables.add(
            IdentityForm(
                prefix: String(decoding: prefix, as: UTF8.self),
                suffix: String(decoding: suffix, as: UTF8.self),
                kind: parts.kind
            )
        )
        identityNumbers[hash.value, default: []].append(tables.identityForms.count)
        return tables.identityForms.count
    }

    private static func hash(_ form: IdentityForm) -> UInt64 {
        var (prefix, suffix) = (form.prefix, form.suffix)
        var hash = SharedRowHash()
        prefix.withUTF8 { hash.add($0) }
        suffix.withUTF8 { hash.add($0) }
        hash.add(form.kind.rawValue)
        return hash.value
    }

    // MARK: - Saving

    /// Saves the rows that were added since the last commit.
    func save(_ database: Database) throws {
        func insert<Element>(
            _ table: String,
            _ columns: [String],
            _ values: [SharedTables.Fact<Element>],
            from first: Int,
            _ bind: (inout StatementBinder, Element) -> Void
        ) throws {
            guard values.count > first else { return }
            let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
            // After a commit of unknown outcome the row may exist already.
            let statement = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO \(table)(id, \(columns.joined(separator: ", "))) VALUES(\(marks))"
            )
            for index in first..<values.count {
                try statement.run(in: database) { binder in
                    binder.integer(Int64(index + 1))
                    bind(&binder, values[index].value)
                }
            }
        }
        let seriesColumns = ["source"] + Series.Field.allCases.map(\.name) + ["row_fields"]
        try insert("series", seriesColumns, tables.series, from: saved.series) { binder, series in
            binder.text(series.source.rawValue)
            for text in series.texts { binder.text(text) }
            binder.integer(Int64(series.rowFields))
        }
        let resultColumns = ["outcome", "status", "error_type", "error_code", "is_error_in_row"]
        try insert("result", resultColumns, tables.results, from: saved.results) { binder, result in
            binder.text(result.outcome.rawValue)
            binder.integer(result.status.map { Int64($0) })
            binder.text(result.errorType)
            binder.text(result.errorCode)
            binder.integer(result.isErrorInRow ? 1 : 0)
        }
        let formColumns =
            ["is_stream", "is_counted", "usage_state", "cost_status", "shape"] + CallForm.Field.allCases.map(\.name)
            + ["row_fields"]
        try insert("form", formColumns, tables.forms, from: saved.forms) { binder, form in
            binder.integer(form.isStream ? 1 : 0)
            binder.integer(form.isCounted ? 1 : 0)
            binder.text(form.usageState.rawValue)
            binder.text(form.costStatus.rawValue)
            binder.integer(Int64(form.shape))
            for text in form.texts { binder.text(text) }
            binder.integer(Int64(form.rowFields))
        }
        let shapeColumns = ["format"] + TokenCounter.allCases.map(\.name)
        try insert("usage_shape", shapeColumns, tables.shapes, from: saved.shapes) { binder, shape in
            binder.text(shape.format)
            for place in shape.places { binder.integer(place < 0 ? nil : Int64(place)) }
        }
        try insert("identity_form", ["prefix", "suffix", "kind"], tables.identityForms, from: saved.identities) {
            $0.text($1.prefix)
            $0.text($1.suffix)
            $0.text($1.kind.rawValue)
        }
    }

    /// Notes that the added rows are committed.
    mutating func markSaved() {
        saved = (
            tables.series.count, tables.results.count, tables.forms.count, tables.shapes.count,
            tables.identityForms.count
        )
    }
}
