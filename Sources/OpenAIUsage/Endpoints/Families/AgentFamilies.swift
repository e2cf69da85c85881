/// Runs of assistants: `/usage` of the run, streamed in events that only their names distinguish.
package final class RunFamily: EndpointFamily {
    package init() {}

    private static let terminalStates = ["completed", "incomplete", "failed", "cancelled", "expired"]

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        if EventName.isError(name) {
            reader.fail(event)
            reader.isTerminated = true
            return
        }
        if EventName.equals(name, "thread.message.delta") { reader.hasContent = true }
        // A step's usage is part of its run's, and its identity and status are its own.
        guard name.starts(with: "thread.run.".utf8), !name.starts(with: "thread.run.step.".utf8) else { return }
        reader.identity.merge(event.identity)
        reader.readError(event)
        if event.usagePresence == .present { reader.replaceUsage(event, source: EventName.source(name, "/usage")) }
        reader.createdAt = event.createdAt ?? reader.createdAt
        if Self.terminalStates.contains(where: { EventName.equals(name[11...], $0) }) { reader.isTerminated = true }
    }

    package var isModelServed: Bool { true }
}

/// Agents: `/usage` of a session or a turn, where the end of a turn reports it twice and a resumed stream again.
package final class AgentFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        if EventName.isError(name) {
            reader.fail(event)
            return
        }
        if EventName.isDelta(name) { reader.hasContent = true }
        guard name.starts(with: "agent.session.turn.".utf8) else { return }
        ResponseIdentity.merge(&reader.identity.model, event.identity.model)
        // The turn's, of several the last one's.
        ResponseIdentity.merge(&reader.identity.identity, event.identity.identity)
        guard event.usagePresence == .present, reader.note(part: event) else { return }
        reader.addUsage(event, source: EventName.source(name, "/usage"))
    }

    package func serviceTier(_ identity: ResponseIdentity) -> String? { nil }
}
