import HTTPTypes
import OpenAIUsage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Makes the same call over and over, and keeps each response's body as a program does.
struct Caller: Sendable {
    private static let body = Array(
        """
        {"model":"gpt-4o","messages":[{"role":"developer","content":"You are a helpful assistant."},\
        {"role":"user","content":"Hello!"}]}
        """.utf8
    )

    private let request: Request

    /// Creates a caller of a URL such as `http://localhost:8080/path`.
    init?(url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "http:" else { return nil }
        request = Request(
            head: HTTPRequest(
                method: .post,
                scheme: "http",
                authority: String(parts[2]),
                path: "/" + parts[3],
                headerFields: [.contentType: "application/json", .authorization: "Bearer sk-benchmark"]
            ),
            body: Body(Self.body)
        )
    }

    /// How long calls take, a number of which are under way at a time.
    func throughput(
        over transport: any Transport,
        _ concurrency: Int,
        _ calls: Int
    ) async -> (wall: Int64, processor: Int64) {
        let wall = Self.now(CLOCK_MONOTONIC)
        let processor = Self.now(CLOCK_PROCESS_CPUTIME_ID)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<concurrency {
                group.addTask {
                    for _ in 0..<(calls / concurrency + (number < calls % concurrency ? 1 : 0)) {
                        _ = await call(over: transport)
                    }
                }
            }
        }
        return (Self.now(CLOCK_MONOTONIC) - wall, Self.now(CLOCK_PROCESS_CPUTIME_ID) - processor)
    }

    /// The median time to the first byte of a body, and to its end, of calls one after the other.
    func latency(over transport: any Transport, _ calls: Int) async -> (first: Int64, end: Int64) {
        var firsts: [Int64] = []
        var ends: [Int64] = []
        for _ in 0..<calls {
            let start = Self.now(CLOCK_MONOTONIC)
            firsts.append(await call(over: transport) - start)
            ends.append(Self.now(CLOCK_MONOTONIC) - start)
        }
        return (firsts.sorted()[calls / 2], ends.sorted()[calls / 2])
    }

    /// Makes a call, and returns when its body's first byte came.
    private func call(over transport: any Transport) async -> Int64 {
        do {
            var first: Int64 = 0
            var body: [UInt8] = []
            let response = try await transport.send(request, context: CallContext())
            for try await piece in response.body {
                if first == 0 { first = Self.now(CLOCK_MONOTONIC) }
                body.append(contentsOf: piece)
            }
            guard response.head.status == .ok, !body.isEmpty else { stop("The answer is \(response.head.status).") }
            return first
        } catch {
            stop("A call failed: \(error)")
        }
    }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Ends the program with a sentence.
func stop(_ message: String) -> Never {
    print(message)
    exit(1)
}
