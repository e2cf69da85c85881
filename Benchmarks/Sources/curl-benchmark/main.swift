import OpenAIUsage
import OpenAIUsageCurl

let usage = """
    Usage: curl-benchmark throughput URL CONCURRENCY CALLS [--metered]
           curl-benchmark latency URL CALLS [--metered]
           curl-benchmark metering calls|chunks COUNT [--metered]
    """

var arguments = Array(CommandLine.arguments.dropFirst())
let isMetered = arguments.contains("--metered")
arguments.removeAll { $0 == "--metered" }

switch (arguments.first, arguments.count, arguments.last.flatMap { Int($0) }) {
case ("throughput", 4, let calls?):
    guard let caller = Caller(url: arguments[1]), let concurrency = Int(arguments[2]) else { stop(usage) }
    let transport = CurlTransport()
    let span = await caller.throughput(over: Meter.around(transport, isMetered), concurrency, calls)
    await transport.shutDown()
    print("\(span.wall)\t\(span.processor)")
case ("latency", 3, let calls?):
    guard let caller = Caller(url: arguments[1]) else { stop(usage) }
    let transport = CurlTransport()
    let (first, end) = await caller.latency(over: Meter.around(transport, isMetered), calls)
    await transport.shutDown()
    print("\(first)\t\(end)")
case ("metering", 3, let count?):
    let isStream = arguments[1] == "chunks"
    let transport = Meter.around(Canned.transport(chunks: isStream ? count : nil), isMetered)
    guard let caller = Caller(url: "http://localhost/v1/chat/completions") else { stop(usage) }
    let span = await caller.throughput(over: transport, 1, isStream ? 1 : count)
    print("\(span.wall)\t\(span.processor)")
default:
    stop(usage)
}
