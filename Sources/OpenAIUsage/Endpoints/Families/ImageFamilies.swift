/// Images: `/usage`, streamed once per image; the request names the model.
package final class ImagesFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, source: "/usage")
        reader.images = Int64(event.images)
        reader.noteFormat(event)
    }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        if EventName.isError(name) {
            reader.fail(event)
            reader.isTerminated = true
            return
        }
        let isImage =
            EventName.equals(name, "image_generation.completed") || EventName.equals(name, "image_edit.completed")
        guard isImage else {
            if name.suffix(14).elementsEqual(".partial_image".utf8) { reader.hasContent = true }
            return
        }
        reader.hasContent = true
        reader.images += 1
        reader.identity.merge(event.identity)
        ResponseIdentity.merge(&reader.identity.status, Array("completed".utf8))
        if event.usagePresence == .present { reader.addUsage(event, source: EventName.source(name, "/usage")) }
        reader.noteFormat(event)
    }

    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? {
        guard response.isDocumentComplete, !response.hasNullUsage else { return nil }
        return record.outcome == .completed ? .unitsFromRequest : .cut
    }

    package func units(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String] {
        ImageUnitsFamily.complete(response, request)
    }

    package var operation: Endpoint.Operation { .images }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("generate_content", outputType: "image")
    }
}

/// Images by number, size and quality, all from the request.
package final class ImageUnitsFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.errorOnly }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}

    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? {
        record.outcome == .completed ? .unitsFromRequest : .cut
    }

    package func units(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String] {
        Self.complete(response, request)
    }

    package var operation: Endpoint.Operation { .images }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("generate_content", outputType: "image")
    }

    /// The units of the response, completed by the request's number, size and quality.
    static func complete(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String] {
        var units = response.units
        guard response.hasBytes else { return units }
        units["images"] = response.images > 0 ? String(response.images) : request[.count] ?? "1"
        units["size"] = units["size"] ?? request[.size]
        units["quality"] = units["quality"] ?? request[.quality]
        return units
    }
}
