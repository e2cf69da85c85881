/// A directive of the `OpenAI-Simulate` header that cannot be followed.
struct DirectiveError: Error, CustomStringConvertible {
    /// The directive's name as it was written.
    var directive: String
    /// What is wrong with it, and what it may be.
    var problem: String

    /// The header, the directive and its problem.
    var description: String {
        "\(SimulationDirectives.headerName): \(directive): \(problem)"
    }
}
