extension Endpoint {
    /// A group of endpoints under one name: the `operation` label of metrics.
    package struct Operation: Sendable, Hashable {
        /// The label's value.
        package let label: String
        /// True if a model serves the group, so that the API rejects the name of a model that does not exist.
        package let isServedByModel: Bool

        /// Creates an operation.
        ///
        /// - Parameters:
        ///   - label: The label's value, in snake case.
        ///   - isServedByModel: True if a model serves the group.
        package init(_ label: String, isServedByModel: Bool) {
            self.label = label
            self.isServedByModel = isServedByModel
        }

        package static let chatCompletions = Operation("chat_completions", isServedByModel: true)
        package static let responses = Operation("responses", isServedByModel: true)
        package static let embeddings = Operation("embeddings", isServedByModel: true)
        package static let images = Operation("images", isServedByModel: true)
        package static let audioSpeech = Operation("audio_speech", isServedByModel: true)
        package static let audioTranscriptions = Operation("audio_transcriptions", isServedByModel: true)
        package static let moderations = Operation("moderations", isServedByModel: true)
        package static let batches = Operation("batches", isServedByModel: false)
        package static let files = Operation("files", isServedByModel: false)
        package static let realtime = Operation("realtime", isServedByModel: true)
        package static let models = Operation("models", isServedByModel: false)
        /// Every endpoint without a group of its own.
        package static let other = Operation("other", isServedByModel: false)

        /// The operations of the standard catalog, in the order of their numbers in metrics.
        package static let standard: [Operation] = [
            .chatCompletions, .responses, .embeddings, .images, .audioSpeech, .audioTranscriptions, .moderations,
            .batches, .files, .realtime, .models, .other,
        ]
    }

    /// The words of OpenTelemetry's conventions for generative AI for a call.
    package struct GenerativeOperation: Sendable, Equatable {
        /// `gen_ai.operation.name`.
        package var name: String
        /// `gen_ai.output.type`, where the endpoint alone determines it.
        package var outputType: String?
        /// `openai.api.type`: `chat_completions` or `responses`.
        package var apiType: String?

        /// Creates the words for a call.
        package init(_ name: String, outputType: String? = nil, apiType: String? = nil) {
            self.name = name
            self.outputType = outputType
            self.apiType = apiType
        }

        /// Creates the words for a call of an endpoint: the family's, else the endpoint's name.
        package init(_ endpoint: Endpoint) {
            self = endpoint.family.generativeOperation(endpoint) ?? GenerativeOperation(endpoint.name)
        }
    }
}
