/// The credentials that the gateway adds to a request, and the client's that it removes.
struct UpstreamCredentials: Sendable {
    /// The field lines to add, each with its CRLF.
    let added: [UInt8]
    /// The client's fields to remove.
    let dropped: KnownFieldSet
    /// True if the gateway's own key replaces the client's.
    let ownsKey: Bool

    /// - Parameters:
    ///   - key: The upstream's key; `nil` if clients bring their own.
    ///   - proxy: The proxy that receives requests in absolute form; `nil` for none.
    init(key: UpstreamKey?, proxy: UpstreamProxy?) {
        let lines = (proxy?.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? "") + (key?.line ?? "")
        added = Array(lines.utf8)
        ownsKey = key != nil
        dropped = key == nil ? [] : ClientCredentials.replacedFields
    }

    /// Returns the field lines to add to a request, and the fields to remove from it.
    func exchange(for head: RequestHead) -> (added: [UInt8], dropped: KnownFieldSet) {
        guard let protocols = ClientCredentials.protocolLine(of: head, keepsKeys: !ownsKey) else {
            return (added, dropped)
        }
        return (added + protocols, dropped.union([.secWebSocketProtocol]))
    }
}
