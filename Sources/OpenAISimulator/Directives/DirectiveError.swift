/// An invalid directive in the `OpenAI-Simulate` header.
struct DirectiveError: Error, CustomStringConvertible {
    /// The name of the directive, as received.
    var directive: String
    /// The problem, and the allowed values.
    var problem: String

    /// The header, the directive and its problem.
    var description: String {
        "\(SimulationDirectives.headerName): \(directive): \(problem)"
    }
}
