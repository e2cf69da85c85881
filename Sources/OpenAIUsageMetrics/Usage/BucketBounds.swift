/// The upper bounds of the histograms' buckets.
///
/// Quantiles are interpolated inside a bucket. With seven bounds a decade, quantiles of lognormal times whose logarithm has
/// a standard deviation of 0.3 or more are within 15 % of the exact ones.
enum BucketBounds {
    /// From the fastest responses to the default timeout of the official clients.
    static let durations = decades(from: -3, startingAt: 0.002, through: 160) + [300, 600]
    static let outputTokenTimes: [Double] = [
        0.002, 0.003, 0.005, 0.007, 0.01, 0.014, 0.02, 0.028, 0.04, 0.056, 0.08, 0.1, 0.15, 0.25, 0.5, 1,
    ]
    static let tokens: [Double] = [1, 8, 32, 128, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536, 262_144, 1_048_576]
    static let upstreamOverheads: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
    static let gatewayOverheads: [Double] = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
    ]
    static let headrooms: [Double] = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 0.9, 1]
    static let ledgerWrites: [Double] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2]

    /// The bounds that OpenTelemetry's conventions for generative AI advise for times.
    static let genAIDurations: [Double] = [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ]
    /// Those that they advise for tokens.
    static let genAITokens: [Double] = [
        1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    ]

    /// The bounds 1, 1.4, 2, 2.8, 4, 5.6 and 8 of every decade within two limits.
    private static func decades(from exponent: Int, startingAt first: Double, through last: Double) -> [Double] {
        var bounds: [Double] = []
        var exponent = exponent
        while true {
            for digits in [10, 14, 20, 28, 40, 56, 80] {
                // Parsed from its decimal text, a bound is the nearest number to it.
                guard let bound = Double("\(digits)e\(exponent - 1)") else { continue }
                if bound > last { return bounds }
                if bound >= first { bounds.append(bound) }
            }
            exponent += 1
        }
    }
}
