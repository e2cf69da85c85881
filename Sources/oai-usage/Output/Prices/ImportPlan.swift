import ArgumentParser
import Foundation
import OpenAIUsagePricing

/// The changes that an import is about to write.
struct ImportPlan {
    /// The models of a list to consider.
    struct Selection {
        var providers: [String]
        var models: [String]
        var isOnlyNew: Bool
    }

    private let output: String
    private let catalog: LiteLLMCatalog
    private let result: PriceImport
    private let changes: [PriceChange]

    /// Creates the plan of an import without writing anything.
    init(list: String, selection: Selection, files: [String], output: String, day: UTCDay) throws {
        self.output = output
        do {
            catalog = try LiteLLMCatalog(
                parsing: try PriceFiles.text(list),
                providers: selection.providers.isEmpty
                    ? LiteLLMCatalog.standardProviders : Set(selection.providers),
                isWanted: { name in selection.models.isEmpty || selection.models.contains { name.contains($0) } }
            )
        } catch let error as JSONDocumentError {
            throw CommandFailure("\(list):\(error.position.line):\(error.position.column): error: \(error.message)")
        }
        let present = FileManager.default.fileExists(atPath: output) ? try PriceFiles.text(output) : nil
        let layers = files.contains(output) ? files : files + [output]
        let old = try PriceFiles.book(layers.filter { $0 != output || present != nil })
        let result = try PriceImport(
            of: catalog,
            into: old,
            file: present,
            from: day,
            isOnlyNew: selection.isOnlyNew
        )
        self.result = result
        guard !result.models.isEmpty else {
            changes = []
            return
        }
        let new = try PriceFiles.book(layers) { $0 == output ? result.text : try PriceFiles.text($0) }
        changes = PriceBookDifference(from: old, to: new).changes
    }

    /// True if there is nothing to write.
    var isEmpty: Bool { result.models.isEmpty }

    /// Shows the changes, and reports what is left out of the list.
    func show() {
        StandardOutput.write(PriceChangesText.text(changes))
        for (reason, models) in Dictionary(grouping: catalog.rejections, by: \.reason).sorted(by: { $0.key < $1.key }) {
            let names = models.prefix(3).map(\.name).joined(separator: ", ")
            let others = models.count > 3 ? " and \(NumberFormat.count(Int128(models.count - 3))) others" : ""
            StandardError.write("Left out: \(names)\(others): \(reason).")
        }
        var ignored: [String: Int] = [:]
        for model in catalog.models {
            for name in model.ignored { ignored[name, default: 0] += 1 }
        }
        for (name, count) in ignored.sorted(by: { $0.key < $1.key }) {
            StandardError.write("Left out: \(name), which is not understood, of \(Self.models(count)).")
        }
        if catalog.models.isEmpty, catalog.rejections.isEmpty {
            StandardError.write("No model of the list fits; --provider names whose models are taken.")
        } else if isEmpty {
            StandardError.write("Nothing to import: the book has these prices already.")
        } else {
            StandardError.write("\(Self.models(result.models.count)) to go into \(output).")
        }
    }

    private static func models(_ count: Int) -> String {
        count == 1 ? "1 model" : "\(NumberFormat.count(Int128(count))) models"
    }

    /// Writes the price file.
    ///
    /// - Parameter asks: True to ask for confirmation first.
    /// - Throws: A `ValidationError` if there is no terminal to ask on, an `ExitCode` if the user declines, or a
    ///   ``CommandFailure`` if the file cannot be written.
    func write(asking asks: Bool) throws {
        if asks {
            try Confirmation.require(
                "Write \(output)?",
                declined: "Nothing was written.",
                remedy: "add --yes to write, or --dry-run to look only"
            )
        }
        do {
            try result.text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure("\(output) cannot be written: \(error.localizedDescription)")
        }
        StandardError.write("Wrote \(output). Use it with --prices \(output), or OAI_USAGE_PRICES=\(output).")
    }
}
