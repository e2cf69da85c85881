/// Realtime sessions: one event a message, many responses a call, and a model that transcribes what is said.
package final class RealtimeFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { SessionMessages.selection }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        SessionMessages.read(event, named: name, into: &reader, keepsStatus: false) { _ in }
    }

    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var operation: Endpoint.Operation { .realtime }
    package var isModelServed: Bool { true }
}

/// Live sessions: seconds that grow, and the responses that the session delegates.
package final class LiveFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { SessionMessages.selection }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        if EventName.equals(name, "response.event") || EventName.equals(name, "decision.event") {
            if event.usagePresence == .present, reader.note(part: event) {
                reader.note(event.usage, as: "delegated", model: ResponseIdentity.text(event.identity.model))
            }
            return
        }
        var named = event.identity
        named.identity = []
        reader.identity.merge(named)
        let isClosed = EventName.equals(name, "session.closed")
        guard isClosed || EventName.equals(name, "session.usage.updated"), event.usagePresence == .present else {
            return
        }
        reader.replaceUsage(event, source: EventName.source(name, "/usage/seconds"))
        reader.noteSeconds(event, as: "session_seconds")
        if isClosed { reader.isTerminated = true }
    }

    package var secondModel: SecondModel { .imageGeneration }
    package func finish(_ identity: ResponseIdentity) -> String? { ResponseIdentity.word(identity.reason) }
    package var billedObjects: BilledObjectKind { .parts }
    package var operation: Endpoint.Operation { .realtime }
    package var isModelServed: Bool { true }
}

/// The creation of a session: `/session/model`; the usage of the session is reported over its socket.
package final class SessionFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}
    package var isUsageExpected: Bool { false }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var operation: Endpoint.Operation { .realtime }
}

/// The messages of a socket.
enum SessionMessages {
    /// A realtime or a live session; the model that transcribes its spoken input is in one of two places.
    private static let session: ResponseSelection.Node = {
        typealias Node = ResponseSelection.Node
        let field = ResponseSelection.field
        let transcription = Node(members: [("model", field(.transcriptionModel))])
        let input = Node(members: [("transcription", transcription)])
        return Node(members: [
            ("id", field(.identity)), ("model", field(.model)), ("audio", Node(members: [("input", input)])),
            ("input_audio_transcription", transcription),
        ])
    }()

    /// An event of responses, over a stream or a socket, of a realtime or a live session.
    static let selection: JSONSelection = {
        typealias Node = ResponseSelection.Node
        let field = ResponseSelection.field
        let response = Node(members: ResponsesFamily.responseMembers)
        let event: ResponseSelection.Members =
            [("type", field(.type)), ("response", response), ("error", ResponseSelection.error)]
            + ResponseSelection.flatError
        return JSONSelection(
            Node(
                members: event + [
                    ("usage", ResponseSelection.usage), ("session", session), ("reason", field(.reason)),
                    ("event", Node(members: [("response", response)])),
                ]
            )
        )
    }()

    /// Reads a message of a socket that carries many responses, each of which is billed.
    ///
    /// - Parameters:
    ///   - event: The message.
    ///   - name: Its type.
    ///   - reader: The reader of the socket.
    ///   - keepsStatus: True if the state of a response counts as the call's.
    ///   - notePart: Takes a response that has ended, before its usage is added.
    static func read(
        _ event: ParsedEvent,
        named name: [UInt8],
        into reader: inout ResponseReader,
        keepsStatus: Bool,
        notePart: (inout ResponseReader) -> Void
    ) {
        if EventName.isError(name) { return }
        if EventName.equals(name, "conversation.item.input_audio_transcription.completed") {
            reader.note(event.usage, as: "transcription", model: reader.transcriptionModel)
            if let seconds = event.rare.seconds { reader.addSeconds(seconds, as: "transcription.audio_seconds") }
            return
        }
        if let model = event.rare.transcriptionModel { reader.transcriptionModel = model }
        var named = event.identity
        // One call, many responses: none of their identities is the call's.
        named.identity = []
        if !keepsStatus { named.status = [] }
        reader.identity.merge(named)
        guard EventName.isTerminalResponse(name) else {
            if EventName.isDelta(name) { reader.hasContent = true }
            return
        }
        guard event.usagePresence == .present else { return }
        notePart(&reader)
        reader.addUsage(event, source: EventName.source(name, "/response/usage"))
    }
}
