import Foundation
import OpenAIUsagePricing

/// Loading of price files.
enum PriceFiles {
    /// The name of the bundled price book on the command line.
    static let builtIn = "builtin"

    /// Reads the text of a file.
    ///
    /// - Throws: A ``CommandFailure`` if the file cannot be read or is not UTF-8.
    static func text(_ path: String) throws -> String { try text(path, "price file") }

    /// Reads the text of a file of some kind.
    ///
    /// - Throws: A ``CommandFailure`` if the file cannot be read or is not UTF-8.
    static func text(_ path: String, _ kind: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw CommandFailure(
                "The \(kind) \(path) cannot be read: \(exists ? "check its permissions" : "there is no such file")."
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("The \(kind) \(path) is not UTF-8 text.")
        }
        return text
    }

    /// Returns the bundled price book with files layered over it, later files over earlier ones.
    ///
    /// - Parameters:
    ///   - paths: The files.
    ///   - read: Reads a file.
    ///   - tell: Called for each finding about a file.
    /// - Returns: The book.
    /// - Throws: A ``CommandFailure`` for a file with errors, after reporting its findings.
    static func book(
        _ paths: [String],
        reading read: (String) throws -> String = text,
        tell: (String) -> Void = StandardError.write
    ) throws -> PriceBook {
        try paths.reduce(.bundled) { try $0.layered(with: checked(read($1), $1, before: $0, tell)) }
    }

    /// Returns the books that may have priced calls of the past, the present one first.
    ///
    /// They are the files layered as they are in use, the layers below, each file by itself over the bundled book, and the
    /// bundled book.
    ///
    /// - Parameter paths: The files.
    /// - Returns: The books, each once.
    /// - Throws: A ``CommandFailure`` for a file with errors, after reporting its findings.
    static func books(_ paths: [String]) throws -> [PriceBook] {
        let all = try book(paths)
        let below = try paths.indices.reversed().map { try book(Array(paths[..<$0]), tell: { _ in }) }
        let single = try paths.map { try book([$0], tell: { _ in }) }
        return ([all] + below + single).reduce(into: []) { books, book in
            if !books.contains(where: { $0.version == book.version }) { books.append(book) }
        }
    }

    /// Returns the prices of one file, or the bundled ones, without layering.
    static func single(_ path: String) throws -> PriceBook {
        path == builtIn ? .bundled : try checked(text(path), path, before: nil, StandardError.write)
    }

    private static func checked(
        _ text: String,
        _ path: String,
        before base: PriceBook?,
        _ tell: (String) -> Void
    ) throws -> PriceBook {
        let findings = PriceBook.findings(in: text, before: base)
        for finding in findings { tell(PriceFindings.line(finding, path)) }
        let errors = findings.count { $0.severity == .error }
        guard errors == 0 else {
            throw CommandFailure("The price file \(path) has \(errors == 1 ? "a mistake" : "\(errors) mistakes").")
        }
        return try PriceBook(json: text)
    }
}
