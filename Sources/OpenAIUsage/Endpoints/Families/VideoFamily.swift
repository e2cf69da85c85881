/// Videos: seconds by size of the object, once it is completed.
package final class VideoFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        guard ResponseIdentity.text(event.identity.status) == "completed", let seconds = event.rare.videoSeconds,
            let seconds = JSONNumber.decimal(seconds.utf8)
        else { return }
        reader.units["video_seconds"] = seconds
        reader.noteFormat(event, quality: false)
    }

    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? {
        record.units["video_seconds"] == nil ? .null : .unitsFromBody
    }

    package var isModelServed: Bool { true }
}
