import ArgumentParser
import Foundation
import OpenAIUsagePricing

/// The replacement of a price file by another.
struct UpdatePlan {
    let output: String
    /// The changes of prices.
    let changes: [PriceChange]
    /// The place where the present file is kept; `nil` if there is none.
    let copy: String?
    private let text: String
    private let present: String?
    private let isInUse: Bool

    /// Creates the plan of an update without writing anything.
    ///
    /// - Parameters:
    ///   - text: The text of the new file.
    ///   - name: The name of its source, for messages.
    ///   - output: The file to replace.
    ///   - files: The price files in use.
    /// - Throws: A ``CommandFailure`` for a text with mistakes, after reporting them.
    init(text: String, named name: String, output: String, files: [String]) throws {
        (self.text, self.output) = (text, output)
        isInUse = files.contains(output)
        present = FileManager.default.fileExists(atPath: output) ? try PriceFiles.text(output) : nil
        let layers = files.contains(output) ? files : files + [output]
        // Each layer is checked on its own, the new one first: a mistake in it must not be reported of the old file.
        let below = try PriceFiles.book(Array(layers.prefix { $0 != output }), tell: { _ in })
        let findings = PriceBook.findings(in: text, before: below)
        for finding in findings { StandardError.write(PriceFindings.line(finding, name)) }
        let errors = findings.count { $0.severity == .error }
        guard errors == 0 else {
            throw CommandFailure(
                "\(name) has \(errors == 1 ? "a mistake" : "\(errors) mistakes"); nothing was written."
            )
        }
        let new = try PriceFiles.book(
            layers,
            reading: { $0 == output ? text : try PriceFiles.text($0) },
            tell: { _ in }
        )
        var old = PriceBook.bundled
        var version: String?
        if let present {
            // A damaged file is replaced, too; what it changed is not known then.
            if let book = try? PriceBook(json: present) { version = book.version }
            let isSound = version != nil
            old = try PriceFiles.book(layers.filter { $0 != output || isSound }, tell: { _ in })
        } else {
            old = try PriceFiles.book(layers.filter { $0 != output }, tell: { _ in })
        }
        changes = PriceBookDifference(from: old, to: new).changes
        let path = output as NSString
        copy = present == nil ? nil : "\(path.deletingPathExtension).\(version ?? "damaged").json"
    }

    /// True if the file has this text already.
    var isSame: Bool { present == text }

    /// Writes the file, after a copy of the present one.
    ///
    /// - Throws: A ``CommandFailure`` if a file cannot be written; then the present one stays.
    func write() throws {
        do {
            if let copy, let present, !FileManager.default.fileExists(atPath: copy) {
                try present.write(toFile: copy, atomically: true, encoding: .utf8)
            }
            try text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure("\(output) cannot be written: \(error.localizedDescription)")
        }
        let use = isInUse ? "" : " Use it with --prices \(output), or OAI_USAGE_PRICES=\(output)."
        StandardError.write("Wrote \(output).\(copy.map { " The old one is \($0)." } ?? "")\(use)")
    }
}
