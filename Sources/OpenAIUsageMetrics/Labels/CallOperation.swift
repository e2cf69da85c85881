package import OpenAIUsage

/// The group of endpoints that a call belongs to, as the `operation` label names it.
package enum CallOperation: UInt8, Sendable, CaseIterable {
    case chatCompletions
    case responses
    case embeddings
    case images
    case audioSpeech
    case audioTranscriptions
    case moderations
    case batches
    case files
    case realtime
    case models
    case other

    /// The group of an endpoint; `other` for one that has no group of its own.
    package init(_ endpoint: Endpoint) {
        switch endpoint.name {
        case "chat.completions":
            self = .chatCompletions
            return
        case "responses":
            self = .responses
            return
        default: break
        }
        let parts = endpoint.name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 2)
        self =
            switch parts.first.map(Substring.init) {
            case "chat": .chatCompletions
            case "responses": .responses
            case "embeddings": .embeddings
            case "images": .images
            case "moderations": .moderations
            case "batches": .batches
            case "files": .files
            case "realtime", "live": .realtime
            case "models": .models
            case "audio": Self.audio(parts.dropFirst().first.map(Substring.init))
            default: .other
            }
    }

    private static func audio(_ part: Substring?) -> Self {
        switch part {
        case "speech": .audioSpeech
        case "transcriptions", "translations": .audioTranscriptions
        default: .other
        }
    }

    /// The label's value.
    package var label: String {
        switch self {
        case .chatCompletions: "chat_completions"
        case .responses: "responses"
        case .embeddings: "embeddings"
        case .images: "images"
        case .audioSpeech: "audio_speech"
        case .audioTranscriptions: "audio_transcriptions"
        case .moderations: "moderations"
        case .batches: "batches"
        case .files: "files"
        case .realtime: "realtime"
        case .models: "models"
        case .other: "other"
        }
    }

    /// Whether a model serves the group, so that the API refuses the name of a model that does not exist.
    var isServedByModel: Bool {
        switch self {
        case .chatCompletions, .responses, .embeddings, .images, .audioSpeech, .audioTranscriptions, .moderations,
            .realtime:
            true
        case .batches, .files, .models, .other:
            false
        }
    }
}
