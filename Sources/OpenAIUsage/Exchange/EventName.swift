/// The names of events, as the received bytes.
enum EventName {
    /// True for the name of an error.
    static func isError(_ name: [UInt8]) -> Bool { equals(name, "error") }

    /// True for the name of an event that adds to the content.
    static func isDelta(_ name: [UInt8]) -> Bool { name.suffix(6).elementsEqual(".delta".utf8) }

    /// True for the name of the event that ends a response.
    static func isTerminalResponse(_ name: [UInt8]) -> Bool {
        equals(name, "response.completed") || equals(name, "response.incomplete") || equals(name, "response.failed")
            || equals(name, "response.done")
    }

    /// The location of an event's usage in the form of ``CallRecord/usageSource``.
    static func source(_ name: [UInt8], _ pointer: String) -> String {
        // A name that no event of the API can have is not stored.
        let isPlain =
            name.count <= 48
            && name.allSatisfy { 0x61...0x7a ~= $0 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
        return "event:\(isPlain ? String(decoding: name, as: UTF8.self) : "?"):\(pointer)"
    }

    static func equals(_ name: some Collection<UInt8>, _ text: String) -> Bool {
        name.count == text.utf8.count && name.elementsEqual(text.utf8)
    }
}
