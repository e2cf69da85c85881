/// What the upstream does with a request.
enum Reply: Sendable {
    /// Nobody listens.
    case refuses
    /// It takes the request, and says nothing.
    case isSilent
    /// It takes the request, sends bytes that are no whole head, and closes or resets the connection.
    case breaksOff(String, isReset: Bool)
    case responds(ScriptedResponse)

    var response: ScriptedResponse? {
        if case .responds(let response) = self { response } else { nil }
    }
}
