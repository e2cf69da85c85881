/// A kind of token that has a price of its own.
package enum PriceItem: UInt8, Sendable, CaseIterable {
    /// Text input.
    case input
    /// Text input that was read from the cache.
    case cachedInput
    /// Input that was written to the cache for 30 minutes.
    case cacheWrite
    /// Input that was written to the cache for 12 hours.
    case cacheWrite12Hour
    /// Input that was written to the cache for an hour, which is Anthropic's.
    case cacheWrite1Hour
    /// Audio input.
    case audioInput
    /// Audio input that was read from the cache.
    case cachedAudioInput
    /// Image input.
    case imageInput
    /// Image input that was read from the cache.
    case cachedImageInput
    /// Text output, reasoning included.
    case output
    /// Audio output.
    case audioOutput
    /// Image output.
    case imageOutput

    /// The meter's name in price books.
    package var name: String {
        switch self {
        case .input: "input"
        case .cachedInput: "cached_input"
        case .cacheWrite: "cache_write"
        case .cacheWrite12Hour: "cache_write_12h"
        case .cacheWrite1Hour: "cache_write_1h"
        case .audioInput: "audio_input"
        case .cachedAudioInput: "cached_audio_input"
        case .imageInput: "image_input"
        case .cachedImageInput: "cached_image_input"
        case .output: "output"
        case .audioOutput: "audio_output"
        case .imageOutput: "image_output"
        }
    }

    /// The meter of a name in a price book.
    package init?(name: String) {
        guard let priceItem = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = priceItem
    }

    var index: Int { Int(rawValue) }

    /// True for the meters of a model's output.
    var isOutput: Bool {
        switch self {
        case .output, .audioOutput, .imageOutput: true
        default: false
        }
    }
}
