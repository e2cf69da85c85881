import OpenAISimulator

/// A call of the demonstration's traffic.
struct DemoCall: Sendable {
    /// The behavior of the client.
    enum Behavior: Sendable {
        /// Reads the whole response.
        case whole
        /// Disconnects after some bytes.
        case leaves
        /// Retries like the official SDKs, at most this many times.
        case retries(Int)
    }

    var project: String
    var path: String
    var body: String?
    var directives: String?
    var manner: Behavior
    var team: String
}

/// The demonstration's traffic: various projects, models and endpoints; deterministic.
enum DemoTraffic {
    private static let text = "Explain in two sentences how a ledger keeps what it is given."

    /// Returns the number that an attempt's ID is derived from, independent of the order in which calls arrive.
    static func idNumber(call: Int, attempt: Int) -> Int { call * 10 + attempt + 1 }

    /// The `x-request-id` of a call with cached input, which the documentation's examples refer to.
    static let exampleRequestID = Simulator.requestID(
        seed: SimulatorConfiguration().seed,
        number: UInt64(idNumber(call: 4, attempt: 0))
    )

    /// Returns a number of calls, chosen pseudorandomly from a seed.
    static func calls(_ count: Int, seed: UInt64) -> [DemoCall] {
        var random = DemoRandom(seed: seed)
        return (0..<count).map { call(number: $0, &random) }
    }

    private static func call(number: Int, _ random: inout DemoRandom) -> DemoCall {
        let projects = ["proj_search", "proj_search", "proj_support", "proj_support", "proj_support", "proj_research"]
        let models = ["gpt-4o-mini", "gpt-4o-mini", "gpt-5.1", "gpt-6-luna", "o4-mini"]
        let model = models[random.below(models.count)]
        let tokens = "input-tokens=\(200 + random.below(4_000)); output-tokens=\(20 + random.below(600))"
        var call = DemoCall(
            project: projects[random.below(projects.count)],
            path: "/v1/chat/completions",
            body: chat(model),
            directives: tokens,
            manner: .whole,
            team: random.below(2) == 0 ? "web" : "batch"
        )
        switch random.below(100) {
        case 0..<35: call.directives = tokens + "; cached-tokens=\(128 * random.below(2))"
        case 35..<55: call.body = chat(model, stream: true)
        case 55..<65: call.body = chat(model, stream: true, includesUsage: true)
        case 65..<73:
            call.path = "/v1/responses"
            call.body = #"{"model":"gpt-6-luna","input":"\#(text)"}"#
        case 73..<81:
            call.path = "/v1/responses"
            call.body = #"{"model":"gpt-6-luna","input":"\#(text)","stream":true}"#
        case 81..<89:
            call.path = "/v1/embeddings"
            call.body = #"{"model":"text-embedding-3-small","input":"\#(text)"}"#
            call.directives = nil
        case 89..<92:
            call.directives = "status=429; fail-attempts=\(1 + random.below(2)); retry-after-ms=5; " + tokens
            call.manner = .retries(2)
        case 92..<94: call.directives = "status=400"
        case 94..<95: call.directives = "status=500"
        case 95..<97:
            call.body = chat(model, stream: true)
            call.directives = "chunks=400; chunk-delay-ms=1; " + tokens
            call.manner = .leaves
        case 97..<98:
            call.body = chat(model, stream: true)
            call.directives = "chunks=40; cut-after-chunks=5"
        default:
            call.path = "/v1/models"
            call.body = nil
            call.directives = nil
        }
        return call
    }

    private static func chat(_ model: String, stream: Bool = false, includesUsage: Bool = false) -> String {
        let options = includesUsage ? #","stream_options":{"include_usage":true}"# : ""
        return
            #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(text)"}]\#(stream ? #","stream":true"# : "")\#(options),"max_completion_tokens":800}"#
    }
}

/// A small seeded generator, for a deterministic demonstration.
struct DemoRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Returns a number from 0 up to, but not including, a bound.
    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
