// How long it takes to price one record, by the built-in book and by one with prices for single projects before it.
//
// Usage: pricing-benchmark [limit in nanoseconds]
//
// With a limit, the status is 1 if any of the calls takes longer by the built-in book.
import OpenAIUsage
import OpenAIUsagePricing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time that this thread has been running, in nanoseconds, whatever else the machine does meanwhile.
func threadTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// The nanoseconds of one call: the median of several runs.
func nanoseconds(_ record: CallRecord, _ book: PriceBook) -> Double {
    let rounds = 100_000
    var runs: [Double] = []
    for _ in 0..<15 {
        var sum: Int64 = 0
        let start = threadTime()
        for _ in 0..<rounds { sum &+= book.cost(of: record).picoUSD ?? 1 }
        runs.append((threadTime() - start) / Double(rounds))
        // What is not used might not be done.
        precondition(sum != 0x5eed)
    }
    return runs.sorted()[runs.count / 2]
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

func column(_ value: Double) -> String {
    let text = String(Int64(value.rounded()))
    return String(repeating: " ", count: max(0, 12 - text.count)) + text
}

let text = """
    {"schema": "openai-prices/1", "as_of": "2026-11-24", "currency": "USD", "projects": {"proj_a": {"models": [
    {"id": "house-model", "ids": ["house-model"], "kind": "text", "periods": [
    {"from": null, "to": null, "per_1m": {"default": {"input": "1"}}}]}]}}}
    """
let layered = PriceBook.bundled.layered(with: try PriceBook(json: text))
print(padded("ns per record", 40) + "    built-in    projects")
var slowest = 0.0
for call in PricedCall.all {
    let plain = nanoseconds(call.record, .bundled)
    slowest = max(slowest, plain)
    print(padded(call.name, 40) + column(plain) + column(nanoseconds(call.record, layered)))
}
if let limit = CommandLine.arguments.dropFirst().first.flatMap({ Double($0) }), slowest > limit {
    print("The slowest takes \(Int64(slowest)) ns, which is more than \(Int64(limit)).")
    exit(1)
}
