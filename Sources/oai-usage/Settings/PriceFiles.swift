import Foundation
import OpenAIUsagePricing

/// Price files, as people name them.
enum PriceFiles {
    /// What stands for the prices that come with the program.
    static let builtIn = "builtin"

    /// The text of a file.
    static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw CommandFailure(
                "The price file \(path) cannot be read: \(exists ? "check its permissions" : "there is no such file")."
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure("The price file \(path) is not UTF-8 text.")
        }
        return text
    }

    /// The built-in prices with those of files before them, the last one first.
    ///
    /// - Parameters:
    ///   - paths: The files.
    ///   - read: What reads a file.
    ///   - tell: What is called with each finding about a file.
    /// - Returns: The book.
    /// - Throws: A ``CommandFailure`` for a file with mistakes, after all of them were told.
    static func book(
        _ paths: [String],
        reading read: (String) throws -> String = text,
        tell: (String) -> Void = StandardError.write
    ) throws -> PriceBook {
        try paths.reduce(.bundled) { try $0.layered(with: checked(read($1), $1, before: $0, tell)) }
    }

    /// The prices of one file, or the built-in ones, without any others behind them.
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
