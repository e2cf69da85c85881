/// Transcriptions: `/usage` in tokens or seconds; the request names the model.
package final class TranscriptionFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, source: "/usage")
        reader.noteSeconds(event, as: "audio_seconds")
    }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        AudioEvents.read(event, named: name, into: &reader)
    }

    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? {
        guard response.mode == .opaque else { return nil }
        return record.outcome == .completed ? .missing : .cut
    }

    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var operation: Endpoint.Operation { .audioTranscriptions }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("generate_content")
    }
}

/// Translations, whose responses report no usage.
package final class TranslationFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.errorOnly }
    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {}

    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? {
        record.outcome == .completed ? .missing : .cut
    }

    package var operation: Endpoint.Operation { .audioTranscriptions }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("generate_content")
    }
}

/// Speech: the characters of the request, or `/usage` of the last event.
package final class SpeechFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        AudioEvents.read(event, named: name, into: &reader)
    }

    package func stateWithoutUsage(_ record: CallRecord, _ response: borrowing ResponseReader) -> UsageState? {
        record.units["input_characters"] == nil ? nil : .unitsFromRequest
    }

    package func units(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String] {
        var units = response.units
        if response.usage == nil, let scalars = request.inputScalars { units["input_characters"] = String(scalars) }
        return units
    }

    package func finish(_ identity: ResponseIdentity) -> String? { nil }
    package var operation: Endpoint.Operation { .audioSpeech }

    package func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? {
        .init("generate_content", outputType: "speech")
    }
}

/// The events of a stream of speech or of text that was spoken.
private enum AudioEvents {
    static func read(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
        if EventName.isError(name) {
            reader.fail(event)
            return
        }
        reader.readError(event)
        reader.identity.merge(event.identity)
        if EventName.isDelta(name) { reader.hasContent = true }
        guard EventName.equals(name, "transcript.text.done") || EventName.equals(name, "speech.audio.done") else {
            return
        }
        reader.isTerminated = true
        reader.replaceUsage(event, source: EventName.source(name, "/usage"))
        reader.noteSeconds(event, as: "audio_seconds")
    }
}
