/// Containers: memory and time.
package final class ContainerFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        let memory = TextCleaner.clean(event.rare.memory, maximumLength: 16) ?? "1g"
        reader.units["container_memory"] = ResponseReader.literal(memory)
        reader.units["container_windows_min"] = "1"
    }

    package var isUsageExpected: Bool { false }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var billedObjects: BilledObjectKind { .container }
    package var isIdentifiedByEnding: Bool { false }
}

/// Stores: bytes that are kept.
package final class StorageFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        if let bytes = event.rare.storedBytes { reader.units["storage_bytes"] = bytes }
    }

    package var isUsageExpected: Bool { false }
    package func responseID(_ identity: ResponseIdentity) -> String? { nil }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var isIdentifiedByEnding: Bool { false }
}

/// Searches of a store, counted by the call.
package final class SearchFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.errorOnly }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}

    package func infer(_ record: inout CallRecord, _ request: ParsedRequest, _ response: borrowing ResponseReader) {
        record.toolCalls["file_search"] = 1
    }

    package var isUsageExpected: Bool { false }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? { .init("retrieval") }
}

/// Objects that are kept without being billed, whose identity is not one of a response.
package final class StoredFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.errorOnly }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}
    package var isUsageExpected: Bool { false }
    package func responseID(_ identity: ResponseIdentity) -> String? { nil }
    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var isFree: Bool { true }
}
