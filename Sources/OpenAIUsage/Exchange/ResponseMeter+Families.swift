extension ResponseMeter {
    /// Takes the one document of a body.
    mutating func takeDocument(_ facts: ResponseFacts) {
        takeError(facts)
        createdAt = facts.createdAt
        hasCitations = facts.hasCitations
        switch meter {
        case .evaluationRun:
            take(facts, source: "/per_model_usage/*")
            for (name, usage) in facts.rare.models {
                if let name = TextCleaner.clean(name, maximumLength: 128) {
                    note(usage, as: "per_model.\(name)", model: nil)
                }
            }
        case .fineTuningJob:
            guard facts.usage[.trainedTokens] != nil else { break }
            var facts = facts
            facts.usagePresence = .present
            take(facts, source: "/trained_tokens")
        case .images:
            take(facts, source: "/usage")
            images = Int64(facts.images)
            noteFormat(facts)
        case .transcription:
            take(facts, source: "/usage")
            noteSeconds(facts, as: "audio_seconds")
        case .batch:
            take(facts, source: "/usage")
            alias = TextCleaner.clean(facts.rare.outputFile, maximumLength: 128)
        case .video:
            guard ResponseIdentity.text(facts.identity.status) == "completed", let seconds = facts.rare.videoSeconds,
                let seconds = JSONNumber.decimal(seconds.utf8)
            else { break }
            units["video_seconds"] = seconds
            noteFormat(facts, quality: false)
        case .storage:
            if let bytes = facts.rare.storedBytes { units["storage_bytes"] = bytes }
        case .container:
            units["container_memory"] = Self.literal(TextCleaner.clean(facts.rare.memory, maximumLength: 16) ?? "1g")
            units["container_windows_min"] = "1"
        case .graderRun:
            guard facts.usage[.totalTokens] != nil else { break }
            var facts = facts
            facts.usagePresence = .present
            take(facts, source: "/metadata/token_usage")
        case .objectList: listed = facts.rare.listed.used
        case .none: takeUnknown(facts, source: "/usage")
        case .stored, .free, .session, .search, .imageUnits, .translation, .batchOutput: break
        default: take(facts, source: "/usage")
        }
    }

    /// Takes the data of an event, or a message.
    ///
    /// - Parameters:
    ///   - facts: What the data says.
    ///   - name: The type in the data, else the event's name.
    mutating func takeEvent(_ facts: ResponseFacts, name: [UInt8]) {
        switch meter {
        case .chat, .completions, .embeddings, .decisions, .compaction: takeChunk(facts, name)
        case .none:
            identity.merge(facts.identity)
            if Self.equals(name, "error") { fail(facts) } else { takeError(facts) }
            takeUnknown(facts, source: "chunk:/usage")
            if facts.hasContent { hasContent = true }
            // The end of a stream in Anthropic's words.
            if Self.equals(name, "message_stop") { isTerminated = true }
        case .responses: takeResponseEvent(facts, name)
        case .responsesSocket, .realtime: takeMessage(facts, name)
        case .live: takeLiveMessage(facts, name)
        case .images: takeImageEvent(facts, name)
        case .transcription, .speech: takeAudioEvent(facts, name)
        case .run: takeRunEvent(facts, name)
        case .agent: takeAgentEvent(facts, name)
        default:
            identity.merge(facts.identity)
            if Self.equals(name, "error") { fail(facts) } else { takeError(facts) }
        }
    }

    /// Whether to take the same data of an event again would change nothing but that there is content.
    func isSettled(by facts: ResponseFacts, name: [UInt8]) -> Bool {
        guard facts.usagePresence != .present, !facts.isError, !Self.equals(name, "error") else { return false }
        switch meter {
        case .chat, .completions, .embeddings, .decisions, .compaction: return true
        case .responses:
            // The name of an event without a type is not part of its data.
            return !facts.type.isEmpty && !Self.equals(name, "error") && !Self.isTerminalResponse(name)
        default: return false
        }
    }

    /// Reads the usage of a document of unknown shape.
    private mutating func takeUnknown(_ facts: ResponseFacts, source: @autoclosure () -> String) {
        guard facts.usagePresence == .absent, !facts.usage.isEmpty else {
            take(facts, source: source())
            return
        }
        var facts = facts
        facts.usagePresence = .present
        take(facts, source: "/eval_count")
    }

    private mutating func takeChunk(_ facts: ResponseFacts, _ name: [UInt8]) {
        identity.merge(facts.identity)
        if Self.equals(name, "error") { fail(facts) } else { takeError(facts) }
        // The last usage that is not null wins; a later null takes nothing away.
        take(facts, source: "chunk:/usage")
        if facts.hasContent { hasContent = true }
        if facts.hasCitations { hasCitations = true }
    }

    private mutating func takeResponseEvent(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "error") {
            fail(facts)
            isTerminated = true
            return
        }
        identity.merge(facts.identity)
        if Self.isTerminalResponse(name) {
            takeError(facts)
            createdAt = facts.createdAt
            take(facts, source: Self.source(name, "/response/usage"))
            if facts.usagePresence != .present { note(facts) }
            isTerminated = true
            return
        }
        if !hasContent, name.suffix(6).elementsEqual(".delta".utf8) { hasContent = true }
        // Some servers tell it on the way, and not at the end.
        if facts.usagePresence == .present { take(facts, source: Self.source(name, "/response/usage")) }
    }

    /// A socket carries many responses: each is billed.
    private mutating func takeMessage(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "error") { return }
        if Self.equals(name, "conversation.item.input_audio_transcription.completed") {
            note(facts.usage, as: "transcription", model: transcriptionModel)
            if let seconds = facts.rare.seconds { addSeconds(seconds, as: "transcription.audio_seconds") }
            return
        }
        if let model = facts.rare.transcriptionModel { transcriptionModel = model }
        let isRealtime = meter == .realtime
        var named = facts.identity
        // One call, many responses: none of their ids or states is the call's.
        named.identity = []
        if isRealtime { named.status = [] }
        identity.merge(named)
        guard Self.isTerminalResponse(name) else {
            if name.suffix(6).elementsEqual(".delta".utf8) { hasContent = true }
            return
        }
        guard facts.usagePresence == .present else { return }
        if !isRealtime { _ = note(part: facts) }
        add(facts, source: Self.source(name, "/response/usage"))
    }

    /// A live session counts seconds, which grow; the responses it delegates are billed beside them.
    private mutating func takeLiveMessage(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "response.event") || Self.equals(name, "decision.event") {
            if facts.usagePresence == .present, note(part: facts) {
                note(facts.usage, as: "delegated", model: ResponseIdentity.text(facts.identity.model))
            }
            return
        }
        var named = facts.identity
        named.identity = []
        identity.merge(named)
        guard Self.equals(name, "session.usage.updated") || Self.equals(name, "session.closed") else { return }
        guard facts.usagePresence == .present else { return }
        take(facts, source: Self.source(name, "/usage/seconds"))
        noteSeconds(facts, as: "session_seconds")
        if Self.equals(name, "session.closed") { isTerminated = true }
    }

    private mutating func takeImageEvent(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "error") {
            fail(facts)
            isTerminated = true
            return
        }
        guard Self.equals(name, "image_generation.completed") || Self.equals(name, "image_edit.completed") else {
            if name.suffix(14).elementsEqual(".partial_image".utf8) { hasContent = true }
            return
        }
        hasContent = true
        images += 1
        identity.merge(facts.identity)
        ResponseIdentity.merge(&identity.status, Array("completed".utf8))
        if facts.usagePresence == .present { add(facts, source: Self.source(name, "/usage")) }
        noteFormat(facts)
    }

    private mutating func takeAudioEvent(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "error") {
            fail(facts)
            return
        }
        takeError(facts)
        identity.merge(facts.identity)
        if name.suffix(6).elementsEqual(".delta".utf8) { hasContent = true }
        guard Self.equals(name, "transcript.text.done") || Self.equals(name, "speech.audio.done") else { return }
        isTerminated = true
        take(facts, source: Self.source(name, "/usage"))
        noteSeconds(facts, as: "audio_seconds")
    }

    private mutating func takeRunEvent(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "error") {
            fail(facts)
            isTerminated = true
            return
        }
        if Self.equals(name, "thread.message.delta") { hasContent = true }
        // A step's usage is part of its run's, and its id and status are its own.
        guard name.starts(with: "thread.run.".utf8), !name.starts(with: "thread.run.step.".utf8) else { return }
        identity.merge(facts.identity)
        takeError(facts)
        if facts.usagePresence == .present { take(facts, source: Self.source(name, "/usage")) }
        createdAt = facts.createdAt ?? createdAt
        let terminal = ["completed", "incomplete", "failed", "cancelled", "expired"]
        if terminal.contains(where: { Self.equals(name[11...], $0) }) { isTerminated = true }
    }

    /// The end of a turn tells its usage, twice; a stream shows a turn again when it is resumed.
    private mutating func takeAgentEvent(_ facts: ResponseFacts, _ name: [UInt8]) {
        if Self.equals(name, "error") {
            fail(facts)
            return
        }
        if name.suffix(6).elementsEqual(".delta".utf8) { hasContent = true }
        guard name.starts(with: "agent.session.turn.".utf8) else { return }
        ResponseIdentity.merge(&identity.model, facts.identity.model)
        // The turn's, of several the last one's.
        ResponseIdentity.merge(&identity.identity, facts.identity.identity)
        guard facts.usagePresence == .present, note(part: facts) else { return }
        add(facts, source: Self.source(name, "/usage"))
    }

    mutating func noteSeconds(_ facts: ResponseFacts, as unit: String) {
        if let seconds = facts.rare.seconds { units[unit] = Self.literal(seconds) }
    }

    private mutating func addSeconds(_ seconds: String, as unit: String) {
        // Exact to the millisecond, which is finer than what is billed.
        func thousandths(_ text: String) -> Int64 {
            RateLimits.nanoseconds(text.utf8.filter { $0 != UInt8(ascii: "\"") }, scale: 1_000_000_000)
                .map { $0 / 1_000_000 } ?? 0
        }
        let sum = thousandths(units[unit] ?? "0") + thousandths(seconds)
        let fraction = String(sum % 1_000 + 1_000).dropFirst()
        units[unit] = Self.literal(JSONNumber.decimal("\(sum / 1_000).\(fraction)".utf8) ?? "0")
    }

    private mutating func noteFormat(_ facts: ResponseFacts, quality: Bool = true) {
        if let size = TextCleaner.clean(facts.rare.size, maximumLength: 32) { units["size"] = Self.literal(size) }
        if quality, let quality = TextCleaner.clean(facts.rare.quality, maximumLength: 32) {
            units["quality"] = Self.literal(quality)
        }
    }

    private static func isTerminalResponse(_ name: [UInt8]) -> Bool {
        equals(name, "response.completed") || equals(name, "response.incomplete") || equals(name, "response.failed")
            || equals(name, "response.done")
    }

    private static func source(_ name: [UInt8], _ pointer: String) -> String {
        // A name that no event of the API can have is not repeated.
        let isPlain =
            name.count <= 48
            && name.allSatisfy { 0x61...0x7a ~= $0 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
        return "event:\(isPlain ? String(decoding: name, as: UTF8.self) : "?"):\(pointer)"
    }

    static func equals(_ name: some Collection<UInt8>, _ text: String) -> Bool {
        name.count == text.utf8.count && name.elementsEqual(text.utf8)
    }
}
