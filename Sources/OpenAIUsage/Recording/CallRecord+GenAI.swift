/// The words of OpenTelemetry's conventions for generative AI that spans and metrics share.
extension CallRecord {
    /// The value of `gen_ai.provider.name`; compatible providers count as OpenAI.
    package var generativeProvider: String {
        let host = host.lowercased()
        let isAzure = ["openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.us"]
            .contains { host == $0 || host.hasSuffix("." + $0) }
        return isAzure ? "azure.ai.openai" : "openai"
    }

    /// The value of `gen_ai.response.model`: the model that the response names; for some endpoints, only the request names
    /// one.
    package var generativeResponseModel: String? {
        guard let status, status < 400, endpoint.family.isModelServed else { return nil }
        return outcome == .completed || responseID != nil ? model : nil
    }
}
