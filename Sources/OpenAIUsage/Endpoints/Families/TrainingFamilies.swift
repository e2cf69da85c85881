/// Fine-tuning jobs: `/trained_tokens` of the job.
package final class FineTuningJobFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, counter: .trainedTokens, source: "/trained_tokens")
    }
}

/// The run of a model grader: `/metadata/token_usage`.
package final class GraderRunFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, counter: .totalTokens, source: "/metadata/token_usage")
    }
}

/// The run of an evaluation: `/per_model_usage`, one usage a model.
package final class EvaluationRunFamily: EndpointFamily {
    package init() {}

    package func selection(for mode: ResponseReader.Mode) -> JSONSelection { ResponseSelection.plainObject }

    package func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
        reader.replaceUsage(event, source: "/per_model_usage/*")
        for (name, usage) in event.rare.models {
            if let name = TextCleaner.clean(name, maximumLength: 128) {
                reader.note(usage, as: "per_model.\(name)", model: nil)
            }
        }
    }

    package var work: Endpoint.Work { .evaluation }
}
