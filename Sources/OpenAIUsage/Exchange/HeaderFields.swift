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

/// Functions on the values of header fields.
enum HeaderText {
    /// A value in lower case, as most are already.
    static func lowercased(_ value: String) -> String {
        let isLower = value.utf8.withContiguousStorageIfAvailable { bytes in
            var found: UInt8 = 0
            for byte in bytes { found |= (byte &- 0x41 < 26 ? 1 : 0) | (byte & 0x80) }
            return found == 0
        }
        return isLower == true ? value : value.lowercased()
    }

    /// True if a text contains a part; comparing characters instead of bytes would cost as much as the rest of a call's
    /// head.
    static func contains(_ text: some StringProtocol, _ part: StaticString) -> Bool {
        let count = part.utf8CodeUnitCount
        func isFound(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
            guard let base = bytes.baseAddress, bytes.count >= count, count > 0 else { return false }
            let first = part.utf8Start[0]
            search: for start in 0...bytes.count - count where base[start] == first {
                for index in 1..<max(count, 1) where base[start + index] != part.utf8Start[index] { continue search }
                return true
            }
            return false
        }
        if let found = text.utf8.withContiguousStorageIfAvailable(isFound) { return found }
        return Array(text.utf8).withUnsafeBufferPointer(isFound)
    }

    /// The microseconds of a decimal number of milliseconds; `nil` if it is not a number.
    static func microseconds(milliseconds value: String?) -> Int64? {
        guard let value else { return nil }
        guard value.utf8.contains(0x20) else {
            return RateLimits.nanoseconds(value.utf8, scale: 1_000_000).map { $0 / 1_000 }
        }
        return RateLimits.nanoseconds(value.utf8.filter { $0 != 0x20 }, scale: 1_000_000).map { $0 / 1_000 }
    }
}
