import OpenAIUsage

extension Outcome {
    /// True if the call failed; one that its own caller ended did not.
    var isFailure: Bool {
        switch kind {
        case .error, .cut, .timeout, .unreachable, .interrupted: true
        case .completed, .abandoned, .clientDisconnected, .open: false
        }
    }
}
