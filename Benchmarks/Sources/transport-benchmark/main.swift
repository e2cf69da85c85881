import OpenAIUsage

let usage = """
    Usage: transport-benchmark throughput CLIENT URL CONCURRENCY CALLS [--metered]
           transport-benchmark latency CLIENT URL CALLS [--metered]
           transport-benchmark metering calls|chunks COUNT [--metered]

    CLIENT is curl, urlsession, asynchttpclient, urlsession-bare or asynchttpclient-bare.
    """

var arguments = Array(CommandLine.arguments.dropFirst())
let isMetered = arguments.contains("--metered")
arguments.removeAll { $0 == "--metered" }

switch (arguments.first, arguments.count, arguments.last.flatMap { Int($0) }) {
case ("throughput", 5, let calls?):
    guard let contestant = Contestant(arguments[1], url: arguments[2], isMetered: isMetered),
        let concurrency = Int(arguments[3])
    else { stop(usage) }
    let span = await Caller(contestant).throughput(concurrency, calls)
    await contestant.end()
    print("\(span.wall)\t\(span.processor)")
case ("latency", 4, let calls?):
    guard let contestant = Contestant(arguments[1], url: arguments[2], isMetered: isMetered) else { stop(usage) }
    let (first, end) = await Caller(contestant).latency(calls)
    await contestant.end()
    print("\(first)\t\(end)")
case ("metering", 3, let count?):
    let isStream = arguments[1] == "chunks"
    guard let call = TransportCall(url: "http://localhost/v1/chat/completions") else { stop(usage) }
    let transport = Meter.around(Canned.transport(chunks: isStream ? count : nil), isMetered)
    let span = await Caller(Contestant(call, transport)).throughput(1, isStream ? 1 : count)
    print("\(span.wall)\t\(span.processor)")
default:
    stop(usage)
}
