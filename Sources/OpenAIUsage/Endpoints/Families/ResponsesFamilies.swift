/// Responses: `/usage` of the response object, streamed in its terminal event.
package final class ResponsesFamily: EndpointFamily {
    package init() {}

    /// A response object, with the calls of its hosted tools.
    static let documentSelection = JSONSelection(
        ResponseSelection.Node(
            members: responseMembers + ResponseSelection.flatError + [("type", ResponseSelection.field(.flatErrorType))]
        )
    )

    static let responseMembers: ResponseSelection.Members = {
        typealias Node = ResponseSelection.Node
        let field = ResponseSelection.field
        return ResponseSelection.object + [
            ("incomplete_details", Node(members: [("reason", field(.incompleteReason))])),
            (
                "output",
                Node(
                    elements: Node(
                        field: ResponseField.item.rawValue,
                        members: [
                            ("type", field(.itemType)), ("status", field(.itemStatus)),
                            ("action", Node(members: [("type", field(.itemAction))])),
                            ("container_id", field(.itemContainer)),
                        ]
                    )
                )
            ),
            (
                "tools",
                Node(
                    elements: Node(
                        field: ResponseField.tool.rawValue,
                        members: [
                            ("type", field(.toolType)), ("model", field(.toolModel)),
                            ("container", Node(members: [("memory_limit", field(.toolMemory))])),
                            ("environment", Node(members: [("memory_limit", field(.toolMemory))])),
                        ]
                    )
                )
            ),
            (
                "tool_usage",
                Node(members: [
                    ("image_gen", ResponseSelection.secondUsage),
                    ("web_search", Node(members: [("num_requests", field(.searchRequests))])),
                ])
            ),
        ]
    }()

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection {
        mode == .document ? Self.documentSelection : SessionMessages.selection
    }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        if EventName.isError(name) {
            reader.fail(event)
            reader.isTerminated = true
            return
        }
        reader.identity.merge(event.identity)
        if EventName.isTerminalResponse(name) {
            reader.readError(event)
            reader.createdAt = event.createdAt
            reader.replaceUsage(event, source: EventName.source(name, "/response/usage"))
            if event.usagePresence != .present { reader.note(event) }
            reader.isTerminated = true
            return
        }
        if !reader.hasContent, EventName.isDelta(name) { reader.hasContent = true }
        // Some servers report it on the way, and not at the end.
        if event.usagePresence == .present {
            reader.replaceUsage(event, source: EventName.source(name, "/response/usage"))
        }
    }

    package func isIdempotent(_ event: ParsedEvent, named name: [UInt8]) -> Bool {
        // The name of an event without a type is not part of its data.
        !event.type.isEmpty && !EventName.isTerminalResponse(name)
    }

    package var secondModel: SecondModel { .imageGeneration }
    package var endsByEventOnly: Bool { true }
    package var billedObjects: BilledObjectKind { .response }
    package var operation: Endpoint.Operation { .responses }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        switch endpoint.name {
        case "responses": .init("chat", apiType: "responses")
        case "responses.retrieve": .init("fetch_response", apiType: "responses")
        default: nil
        }
    }

    package var isModelServed: Bool { true }
    package var isBoundedByTokens: Bool { true }
}

/// The compaction of a conversation: a response object that names no model.
package final class CompactionFamily: ChunkFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponsesFamily.documentSelection }

    package var secondModel: SecondModel { .imageGeneration }
    package var billedObjects: BilledObjectKind { .response }
    package var operation: Endpoint.Operation { .responses }
}

/// Responses over a socket: one event a message, many responses a call.
package final class ResponsesSocketFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { SessionMessages.selection }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        SessionMessages.read(event, named: name, into: &reader, keepsStatus: true) { reader in
            _ = reader.note(part: event)
        }
    }

    package var secondModel: SecondModel { .imageGeneration }
    package var billedObjects: BilledObjectKind { .parts }
    package var operation: Endpoint.Operation { .responses }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("chat", apiType: "responses")
    }

    package var isModelServed: Bool { true }
}
