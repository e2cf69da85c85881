/// Every endpoint of the API, by method and path.
///
/// The paths are those of the API reference and the official SDKs, without the version before them. `*` stands for one
/// segment, `**` for all that follow.
enum EndpointCatalogue {
    struct Entry: Sendable {
        var methods: String
        var path: String
        var name: String
        var meter: Endpoint.Meter
        var accounting: Endpoint.Accounting

        init(
            _ methods: String,
            _ path: String,
            _ name: String,
            _ meter: Endpoint.Meter = .free,
            _ accounting: Endpoint.Accounting? = nil
        ) {
            self.methods = methods
            self.path = path
            self.name = name
            self.meter = meter
            self.accounting = accounting ?? (meter == .free ? .never : .everyCall)
        }
    }

    static let entries: [Entry] = text + media + realtime + batch + assistants + agents + usage + rest

    private static let text: [Entry] = [
        Entry("POST", "chat/completions", "chat.completions", .chat),
        // Stored completions are shown, not made: their usage was counted when they were.
        Entry("GET", "chat/completions", "chat.completions.list"),
        Entry("GET", "chat/completions/*", "chat.completions.retrieve", .chat, .never),
        Entry("POST", "chat/completions/*", "chat.completions.update", .chat, .never),
        Entry("DELETE", "chat/completions/*", "chat.completions.delete"),
        Entry("GET", "chat/completions/*/messages", "chat.completions.messages.list"),
        Entry("POST", "completions", "completions", .completions),
        Entry("POST", "responses", "responses", .responses),
        Entry("GET", "responses", "responses.websocket", .responsesSocket),
        Entry("POST", "responses/compact", "responses.compact", .compaction),
        Entry("POST", "responses/input_tokens", "responses.input_tokens"),
        Entry("GET", "responses/*", "responses.retrieve", .responses, .onceByObject),
        Entry("DELETE", "responses/*", "responses.delete"),
        Entry("POST", "responses/*/cancel", "responses.cancel", .responses, .onceByObject),
        Entry("GET", "responses/*/input_items", "responses.input_items.list"),
        Entry("POST", "decisions", "decisions", .decisions),
        Entry("POST", "conversations", "conversations.create"),
        Entry("GET", "conversations/*", "conversations.retrieve"),
        Entry("POST", "conversations/*", "conversations.update"),
        Entry("DELETE", "conversations/*", "conversations.delete"),
        Entry("POST", "conversations/*/items", "conversations.items.create"),
        Entry("GET", "conversations/*/items", "conversations.items.list"),
        Entry("GET", "conversations/*/items/*", "conversations.items.retrieve"),
        Entry("DELETE", "conversations/*/items/*", "conversations.items.delete"),
        // Free, and yet work that is done anew.
        Entry("POST", "moderations", "moderations", .free, .everyCall),
        Entry("POST", "embeddings", "embeddings", .embeddings),
        Entry("GET", "models", "models.list"),
        Entry("GET", "models/*", "models.retrieve"),
        Entry("DELETE", "models/*", "models.delete"),
    ]

    private static let media: [Entry] = [
        Entry("POST", "images/generations", "images.generations", .images),
        Entry("POST", "images/edits", "images.edits", .images),
        Entry("POST", "images/variations", "images.variations", .imageUnits),
        Entry("POST", "audio/transcriptions", "audio.transcriptions", .transcription),
        Entry("POST", "audio/translations", "audio.translations", .translation),
        Entry("POST", "audio/speech", "audio.speech", .speech),
        Entry("GET POST DELETE", "audio/voices/**", "audio.voices", .none),
        Entry("GET POST DELETE", "audio/voice_consents/**", "audio.voice_consents", .none),
        Entry("POST", "videos", "videos.create", .video, .onceByObject),
        Entry("GET", "videos", "videos.list", .objectList, .never),
        Entry("POST", "videos/edits", "videos.edits", .video, .onceByObject),
        Entry("POST", "videos/extensions", "videos.extensions", .video, .onceByObject),
        Entry("POST", "videos/characters", "videos.characters", .none),
        Entry("GET", "videos/characters/*", "videos.characters.retrieve"),
        Entry("GET", "videos/*", "videos.retrieve", .video, .onceByObject),
        Entry("DELETE", "videos/*", "videos.delete"),
        Entry("GET", "videos/*/content", "videos.content"),
        Entry("POST", "videos/*/remix", "videos.remix", .video, .onceByObject),
    ]

    private static let realtime: [Entry] = [
        Entry("GET", "realtime", "realtime.websocket", .realtime),
        Entry("POST", "realtime/client_secrets", "realtime.client_secrets", .session, .never),
        Entry("POST", "realtime/sessions", "realtime.sessions", .session, .never),
        Entry("POST", "realtime/transcription_sessions", "realtime.transcription_sessions", .session, .never),
        Entry("POST", "realtime/translations/client_secrets", "realtime.translations.client_secrets", .session, .never),
        Entry("POST", "realtime/calls", "realtime.calls", .none, .unknown),
        Entry("POST", "realtime/calls/*/accept", "realtime.calls.accept"),
        Entry("POST", "realtime/calls/*/hangup", "realtime.calls.hangup"),
        Entry("POST", "realtime/calls/*/refer", "realtime.calls.refer"),
        Entry("POST", "realtime/calls/*/reject", "realtime.calls.reject"),
        Entry("GET", "live", "live.websocket", .live),
        Entry("POST", "live/sessions", "live.sessions", .session, .never),
        Entry("GET", "live/sessions/*/content", "live.sessions.content"),
        Entry("POST", "live/sessions/*/accept", "live.sessions.accept"),
        Entry("POST", "live/sessions/*/fork", "live.sessions.fork"),
        Entry("POST", "live/sessions/*/hangup", "live.sessions.hangup"),
        Entry("POST", "live/sessions/*/refer", "live.sessions.refer"),
        Entry("POST", "live/sessions/*/reject", "live.sessions.reject"),
    ]

    private static let batch: [Entry] = [
        Entry("POST", "batches", "batches.create", .batch, .never),
        Entry("GET", "batches", "batches.list", .objectList, .never),
        Entry("GET", "batches/*", "batches.retrieve", .batch, .onceByObject),
        Entry("POST", "batches/*/cancel", "batches.cancel", .batch, .onceByObject),
        Entry("POST", "files", "files.create", .stored, .never),
        Entry("GET", "files", "files.list", .stored, .never),
        Entry("GET", "files/*", "files.retrieve", .stored, .never),
        Entry("DELETE", "files/*", "files.delete", .stored, .never),
        // The lines of a batch's output show what the batch object tells too.
        Entry("GET", "files/*/content", "files.content", .batchOutput, .onceByObject),
        Entry("POST", "uploads", "uploads.create", .stored, .never),
        Entry("POST", "uploads/*/parts", "uploads.parts.create", .stored, .never),
        Entry("POST", "uploads/*/complete", "uploads.complete", .stored, .never),
        Entry("POST", "uploads/*/cancel", "uploads.cancel", .stored, .never),
        Entry("POST", "fine_tuning/jobs", "fine_tuning.jobs.create", .fineTuningJob, .onceByObject),
        Entry("GET", "fine_tuning/jobs", "fine_tuning.jobs.list", .objectList, .never),
        Entry("GET", "fine_tuning/jobs/*", "fine_tuning.jobs.retrieve", .fineTuningJob, .onceByObject),
        Entry("POST", "fine_tuning/jobs/*/cancel", "fine_tuning.jobs.cancel", .fineTuningJob, .onceByObject),
        Entry("POST", "fine_tuning/jobs/*/pause", "fine_tuning.jobs.pause", .fineTuningJob, .onceByObject),
        Entry("POST", "fine_tuning/jobs/*/resume", "fine_tuning.jobs.resume", .fineTuningJob, .onceByObject),
        Entry("GET", "fine_tuning/jobs/*/events", "fine_tuning.jobs.events.list"),
        Entry("GET", "fine_tuning/jobs/*/checkpoints", "fine_tuning.jobs.checkpoints.list"),
        Entry("GET POST DELETE", "fine_tuning/checkpoints/*/permissions/**", "fine_tuning.checkpoints.permissions"),
        Entry("POST", "fine_tuning/alpha/graders/run", "fine_tuning.alpha.graders.run", .graderRun),
        Entry("POST", "fine_tuning/alpha/graders/validate", "fine_tuning.alpha.graders.validate"),
        Entry("POST", "evals", "evals.create"),
        Entry("GET", "evals", "evals.list"),
        Entry("GET", "evals/*", "evals.retrieve"),
        Entry("POST", "evals/*", "evals.update"),
        Entry("DELETE", "evals/*", "evals.delete"),
        Entry("POST", "evals/*/runs", "evals.runs.create", .evaluationRun, .onceByObject),
        Entry("GET", "evals/*/runs", "evals.runs.list", .objectList, .never),
        Entry("GET", "evals/*/runs/*", "evals.runs.retrieve", .evaluationRun, .onceByObject),
        Entry("POST", "evals/*/runs/*", "evals.runs.cancel", .evaluationRun, .onceByObject),
        Entry("DELETE", "evals/*/runs/*", "evals.runs.delete"),
        // Each item repeats its part of the run's usage.
        Entry("GET", "evals/*/runs/*/output_items", "evals.runs.output_items.list"),
        Entry("GET", "evals/*/runs/*/output_items/*", "evals.runs.output_items.retrieve"),
    ]

    private static let assistants: [Entry] = [
        Entry("POST", "assistants", "assistants.create"),
        Entry("GET", "assistants", "assistants.list"),
        Entry("GET", "assistants/*", "assistants.retrieve"),
        Entry("POST", "assistants/*", "assistants.update"),
        Entry("DELETE", "assistants/*", "assistants.delete"),
        Entry("POST", "threads", "threads.create"),
        Entry("POST", "threads/runs", "threads.create_and_run", .run, .onceByObject),
        Entry("GET", "threads/*", "threads.retrieve"),
        Entry("POST", "threads/*", "threads.update"),
        Entry("DELETE", "threads/*", "threads.delete"),
        Entry("POST", "threads/*/messages", "threads.messages.create"),
        Entry("GET", "threads/*/messages", "threads.messages.list"),
        Entry("GET", "threads/*/messages/*", "threads.messages.retrieve"),
        Entry("POST", "threads/*/messages/*", "threads.messages.update"),
        Entry("DELETE", "threads/*/messages/*", "threads.messages.delete"),
        Entry("POST", "threads/*/runs", "threads.runs.create", .run, .onceByObject),
        Entry("GET", "threads/*/runs", "threads.runs.list", .objectList, .never),
        Entry("GET", "threads/*/runs/*", "threads.runs.retrieve", .run, .onceByObject),
        Entry("POST", "threads/*/runs/*", "threads.runs.update", .run, .onceByObject),
        Entry("POST", "threads/*/runs/*/cancel", "threads.runs.cancel", .run, .onceByObject),
        Entry(
            "POST",
            "threads/*/runs/*/submit_tool_outputs",
            "threads.runs.submit_tool_outputs",
            .run,
            .onceByObject
        ),
        // Steps repeat their part of the run's usage.
        Entry("GET", "threads/*/runs/*/steps", "threads.runs.steps.list"),
        Entry("GET", "threads/*/runs/*/steps/*", "threads.runs.steps.retrieve", .run, .never),
    ]

    private static let agents: [Entry] = [
        Entry("POST", "agents", "agents.create"),
        Entry("GET", "agents", "agents.list"),
        // A session's usage is a sum that grows: a gauge, not what a call has used.
        Entry("POST", "agents/sessions", "agents.sessions.create", .agent, .never),
        Entry("GET", "agents/sessions", "agents.sessions.list"),
        Entry("GET", "agents/sessions/*", "agents.sessions.retrieve", .agent, .never),
        Entry("POST", "agents/sessions/*", "agents.sessions.update", .agent, .never),
        Entry("DELETE", "agents/sessions/*", "agents.sessions.delete"),
        Entry("GET", "agents/sessions/*/events", "agents.sessions.events", .agent, .onceByObject),
        Entry("POST", "agents/sessions/*/events", "agents.sessions.events.create", .agent, .onceByObject),
        Entry("GET", "agents/sessions/*/turns", "agents.sessions.turns.list"),
        Entry("POST", "agents/sessions/*/turns", "agents.sessions.turns.create", .agent, .onceByObject),
        Entry("GET", "agents/sessions/*/turns/*", "agents.sessions.turns.retrieve", .agent, .onceByObject),
        Entry("GET POST DELETE", "agents/sessions/*/**", "agents.sessions.other"),
        Entry("GET POST DELETE", "agents/environments/**", "agents.environments", .none, .unknown),
        Entry("GET POST DELETE", "agents/automations/**", "agents.automations", .none, .unknown),
        Entry("GET POST DELETE", "agents/*/**", "agents.other"),
        Entry("GET POST DELETE", "vaults/**", "vaults"),
    ]

    /// What an organization has used, told to its owners: bodies with the names of counters that no call here has used.
    private static let usage: [Entry] = [
        "completions", "embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions", "vector_stores",
        "code_interpreter_sessions", "file_search_calls", "web_search_calls", "decisions",
    ].map { Entry("GET", "organization/usage/\($0)", "organization.usage.\($0)") }

    private static let rest: [Entry] = [
        Entry("POST", "vector_stores", "vector_stores.create", .storage),
        Entry("GET", "vector_stores", "vector_stores.list", .stored, .never),
        Entry("GET", "vector_stores/*", "vector_stores.retrieve", .storage, .never),
        Entry("POST", "vector_stores/*", "vector_stores.update", .storage, .never),
        Entry("DELETE", "vector_stores/*", "vector_stores.delete", .stored, .never),
        Entry("POST", "vector_stores/*/search", "vector_stores.search", .search),
        Entry("GET POST DELETE", "vector_stores/*/files/**", "vector_stores.files", .stored, .never),
        Entry("GET POST DELETE", "vector_stores/*/file_batches/**", "vector_stores.file_batches", .stored, .never),
        Entry("POST", "containers", "containers.create", .container),
        Entry("GET", "containers", "containers.list"),
        Entry("GET", "containers/*", "containers.retrieve"),
        Entry("DELETE", "containers/*", "containers.delete"),
        Entry("GET POST DELETE", "containers/*/files/**", "containers.files"),
        Entry("GET POST DELETE", "skills/**", "skills", .none, .unknown),
        Entry("GET POST DELETE", "chatkit/sessions/**", "chatkit.sessions", .none, .unknown),
        Entry("GET POST DELETE", "chatkit/threads/**", "chatkit.threads", .none, .unknown),
        Entry("POST", "content_provenance_checks", "content_provenance_checks", .none, .unknown),
        Entry("GET POST DELETE", "safety/**", "safety", .none, .unknown),
        Entry("GET POST DELETE", "webhook_endpoints/**", "webhook_endpoints"),
        Entry("GET", "webhook_event_types/**", "webhook_event_types"),
        Entry("GET", "organization/costs", "organization.costs"),
        Entry("GET POST DELETE", "organization/**", "organization.other"),
        Entry("GET POST DELETE", "projects/**", "projects"),
    ]
}
