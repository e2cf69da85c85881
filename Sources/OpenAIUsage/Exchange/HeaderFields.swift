package import HTTPTypes

extension HTTPField.Name {
    private static func named(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .accept
    }

    package static let openAIOrganization = named("OpenAI-Organization")
    package static let openAIProject = named("OpenAI-Project")
    package static let openAIProcessingMilliseconds = named("openai-processing-ms")
    package static let openAIModel = named("openai-model")
    package static let requestID = named("x-request-id")
    package static let azureRequestID = named("apim-request-id")
    package static let clientRequestID = named("X-Client-Request-Id")
    package static let idempotencyKey = named("Idempotency-Key")
    package static let retryCount = named("X-Stainless-Retry-Count")
    package static let azureKey = named("api-key")
    package static let retryAfterMilliseconds = named("retry-after-ms")
    package static let usageTags = named(UsageTags.headerName)
    package static let traceParent = named("traceparent")
    package static let clientLanguage = named("X-Stainless-Lang")
    package static let clientVersion = named("X-Stainless-Package-Version")
}

/// Readings of header values, bounded and without control characters.
enum HeaderText {
    /// The longest value that is kept, in bytes.
    static let maximumLength = 256

    /// A value fit to be stored; `nil` if nothing is left of it.
    static func clean(_ value: String?, maximumLength: Int = maximumLength) -> String? {
        guard let value else { return nil }
        let isUnchanged = value.utf8.withContiguousStorageIfAvailable { isFit($0, maximumLength) }
        if isUnchanged == true { return value.isEmpty ? nil : value }
        let kept = value.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
        var text = String(String.UnicodeScalarView(kept))[...]
        while text.first == " " { text = text.dropFirst() }
        text = text.prefix(utf8Length: maximumLength)
        while text.last == " " { text = text.dropLast() }
        return text.isEmpty ? nil : String(text)
    }

    /// Whether a text is short enough, without blanks around it, and without a control character.
    private static func isFit(_ bytes: UnsafeBufferPointer<UInt8>, _ maximumLength: Int) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return true }
        guard bytes.count <= maximumLength, first != 0x20, last != 0x20 else { return false }
        // In UTF-8 the control characters from U+0080 on begin with 0xC2, as some others do. Without a way out, so that
        // several bytes are looked at together.
        var found: UInt8 = 0
        for byte in bytes { found |= (byte < 0x20 ? 1 : 0) | (byte == 0x7f ? 1 : 0) | (byte == 0xc2 ? 1 : 0) }
        return found == 0
    }

    /// A value in lower case, which most are already.
    static func lowercased(_ value: String) -> String {
        let isLower = value.utf8.withContiguousStorageIfAvailable { bytes in
            var found: UInt8 = 0
            for byte in bytes { found |= (byte &- 0x41 < 26 ? 1 : 0) | (byte & 0x80) }
            return found == 0
        }
        return isLower == true ? value : value.lowercased()
    }

    /// A decimal number of milliseconds in microseconds.
    static func microseconds(milliseconds value: String?) -> Int64? {
        guard let value else { return nil }
        return RateLimits.nanoseconds(value.utf8.filter { $0 != 0x20 }, scale: 1_000_000).map { $0 / 1_000 }
    }
}
