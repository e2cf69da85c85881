import Foundation

// What a Swift program does that reads usage with Foundation: the same bodies, decoded into structures.

struct Usage: Decodable {
    var total_tokens: Int
}

struct Delta: Decodable {
    var content: String?
}

struct Choice: Decodable {
    struct Message: Decodable {
        var content: String?
    }

    var delta: Delta?
    var message: Message?
    var finish_reason: String?
}

struct Completion: Decodable {
    var id: String
    var model: String
    var choices: [Choice]
    var usage: Usage?
}

struct ResponseEvent: Decodable {
    struct Response: Decodable {
        var id: String
        var model: String
        var usage: Usage?
    }

    var type: String
    var delta: String?
    var response: Response?
}

struct Embeddings<Vector: Decodable>: Decodable {
    struct Datum: Decodable {
        var embedding: Vector
    }

    var data: [Datum]
    var usage: Usage
}

struct Images: Decodable {
    struct Datum: Decodable {
        var b64_json: String
    }

    var data: [Datum]
    var usage: Usage
}

/// The nanoseconds that this thread has run.
func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Prints the name, the bytes, the median nanoseconds and the events, with tabs between them.
func measure(_ name: String, bytes: Int, events: Int = 0, _ run: () throws -> Int) rethrows {
    var nanoseconds: [Int64] = []
    for _ in 0..<5 {
        let start = now()
        let total = try run()
        nanoseconds.append(now() - start)
        guard total > 0 else { fatalError("\(name): there is no usage.") }
    }
    print("\(name)\t\(bytes)\t\(nanoseconds.sorted()[2])\t\(events)")
}

guard CommandLine.arguments.count == 2 else {
    print("Usage: decoder-benchmark FOLDER")
    exit(2)
}
let folder = URL(filePath: CommandLine.arguments[1])

func body(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appending(path: name))
}

/// The data of a stream's events, cut out by their line ends.
func forEachEvent(_ stream: Data, _ receive: (Data) throws -> Void) rethrows {
    let prefix = Data("data: ".utf8)
    for line in stream.split(separator: 0x0a) where line.starts(with: prefix) {
        let data = line.dropFirst(prefix.count)
        if data.first == UInt8(ascii: "{") { try receive(data) }
    }
}

let decoder = JSONDecoder()
let chat = try body("chat-stream.sse")
var count = 0
forEachEvent(chat) { _ in count += 1 }
try measure("chat stream", bytes: chat.count, events: count) {
    var total = 0
    try forEachEvent(chat) { total = try decoder.decode(Completion.self, from: $0).usage?.total_tokens ?? total }
    return total
}
let responses = try body("responses-stream.sse")
count = 0
forEachEvent(responses) { _ in count += 1 }
try measure("responses stream", bytes: responses.count, events: count) {
    var total = 0
    try forEachEvent(responses) {
        total = try decoder.decode(ResponseEvent.self, from: $0).response?.usage?.total_tokens ?? total
    }
    return total
}
for (name, file) in [("chat body", "chat.json"), ("chat body, two quotes in 70 bytes", "chat-quoted.json")] {
    let data = try body(file)
    try measure(name, bytes: data.count) { try decoder.decode(Completion.self, from: data).usage?.total_tokens ?? 0 }
}
let packed = try body("embeddings-base64.json")
try measure("embeddings body, base64", bytes: packed.count) {
    try decoder.decode(Embeddings<String>.self, from: packed).usage.total_tokens
}
for (name, file) in [
    ("embeddings body, numbers", "embeddings-float.json"),
    ("embeddings body, numbers, indented", "embeddings-float-indented.json"),
] {
    let data = try body(file)
    try measure(name, bytes: data.count) { try decoder.decode(Embeddings<[Double]>.self, from: data).usage.total_tokens }
}
let image = try body("image.json")
try measure("image body, base64", bytes: image.count) {
    try decoder.decode(Images.self, from: image).usage.total_tokens
}
