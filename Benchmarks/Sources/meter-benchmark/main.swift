let usage = """
    Usage: meter-benchmark throughput FOLDER [--only NAME] [--samples COUNT] [--rows]
           meter-benchmark repeat chat-stream|responses-stream|chat|embeddings COUNT FOLDER
           meter-benchmark calls COUNT
           meter-benchmark memory FOLDER
    """

var arguments = Array(CommandLine.arguments.dropFirst())

/// Takes an option with its value out of the arguments.
func option(_ name: String, in arguments: inout [String]) -> String? {
    guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
    let value = arguments[index + 1]
    arguments.removeSubrange(index...index + 1)
    return value
}

let filter = option("--only", in: &arguments) ?? ""
let samples = option("--samples", in: &arguments).flatMap { Int($0) } ?? 15
let printsRows = arguments.contains("--rows")
arguments.removeAll { $0 == "--rows" }

switch (arguments.first, arguments.count) {
case ("throughput", 2):
    Throughput(folder: arguments[1], filter: filter, samples: max(1, samples), printsRows: printsRows).run()
case ("repeat", 4):
    guard let count = Int(arguments[2]), count > 0 else { stop(usage) }
    Repetition(folder: arguments[3], count: count).run(arguments[1])
case ("calls", 2):
    guard let count = Int(arguments[1]), count > 0 else { stop(usage) }
    PlainCalls(count: count).run()
case ("memory", 2):
    Memory(folder: arguments[1]).run()
default:
    stop(usage)
}
