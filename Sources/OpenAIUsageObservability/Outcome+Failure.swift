import OpenAIUsage

extension Outcome {
    /// Whether the call failed; one that its own caller gave up did not.
    var isFailure: Bool {
        switch self {
        case .error, .cut, .timeout, .unreachable, .interrupted: true
        case .completed, .abandoned, .clientDisconnected, .open: false
        }
    }
}
