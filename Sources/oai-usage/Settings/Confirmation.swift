import ArgumentParser
import Foundation

/// A question before something is changed.
enum Confirmation {
    /// Asks a question on the terminal, and returns if the answer is yes.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - declined: What is said after another answer.
    ///   - remedy: What to do without a terminal, as part of a sentence.
    /// - Throws: A `ValidationError` if there is no terminal to ask on, or an `ExitCode` after another answer.
    static func require(_ question: String, declined: String, remedy: String) throws {
        guard StandardError.isTerminal, isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("The question needs a terminal: \(remedy).")
        }
        StandardError.put("\(question) [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else {
            StandardError.write(declined)
            throw ExitCode(1)
        }
    }
}
