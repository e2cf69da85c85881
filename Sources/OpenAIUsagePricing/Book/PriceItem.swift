/// A token type with a price of its own.
package enum PriceItem: UInt8, Sendable, CaseIterable {
    /// Text input.
    case input
    /// Text input read from the cache.
    case cachedInput
    /// Input written to the cache with a lifetime of 30 minutes.
    case cacheWrite
    /// Input written to the cache with a lifetime of 12 hours.
    case cacheWrite12Hour
    /// Input written to the cache with a lifetime of one hour (Anthropic).
    case cacheWrite1Hour
    /// Audio input.
    case audioInput
    /// Audio input read from the cache.
    case cachedAudioInput
    /// Image input.
    case imageInput
    /// Image input read from the cache.
    case cachedImageInput
    /// Text output, including reasoning.
    case output
    /// Audio output.
    case audioOutput
    /// Image output.
    case imageOutput

    /// The name in price books.
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

    /// Creates the price item with a name from a price book; `nil` if the name is unknown.
    package init?(name: String) {
        guard let priceItem = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = priceItem
    }

    var index: Int { Int(rawValue) }

    /// True for output tokens.
    var isOutput: Bool {
        switch self {
        case .output, .audioOutput, .imageOutput: true
        default: false
        }
    }
}
