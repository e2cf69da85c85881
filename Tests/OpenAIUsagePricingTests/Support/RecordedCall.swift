import Foundation
import HTTPTypes
import OpenAIUsage
import Synchronization
import Testing

@testable import OpenAIUsagePricing

/// A recorded call of the core's fixtures, from its bytes to its record.
struct RecordedCall: CustomTestStringConvertible {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../OpenAIUsageTests/Fixtures/samples").standardized

    let file: String
    let expected: JSONDocument.Value

    var testDescription: String { file }

    static let all: [RecordedCall] = {
        guard let data = FileManager.default.contents(atPath: folder.appending(path: "expected.json").path),
            let document = try? JSONDocument(parsing: String(decoding: data, as: UTF8.self))
        else { return [] }
        return (document.root.value["samples"]?.elements ?? []).map {
            RecordedCall(file: $0["file"]?.string ?? "", expected: $0)
        }
    }()

    /// What an exchange makes of the call, whose response may be changed before it is fed.
    func record(_ change: ([UInt8]) throws -> [UInt8] = { $0 }) throws -> CallRecord {
        let sink = Sink()
        let exchange = Exchange(
            request: try request(),
            tags: [:],
            configuration: ExchangeConfiguration(clock: FixedClock()),
            sink: sink
        )
        let sent = try requestBody()
        exchange.receive(requestBody: sent.span.bytes)
        exchange.receive(head: try head())
        let body = try change(Array(Data(contentsOf: Self.folder.appending(path: file))))
        if file.hasSuffix(".ws.jsonl") {
            for message in body.split(separator: 0x0a) { exchange.receive(message: message.span.bytes) }
        } else {
            exchange.receive(body: body.span.bytes)
        }
        let isCut = expected["usage_state"]?.string == "cut" || expected["outcome"]?.string == "cut"
        exchange.finish(isCut ? .cut : .completed)
        guard let record = sink.record else { throw CocoaError(.fileReadUnknown) }
        return record
    }

    private var stem: String { String(file.prefix { $0 != "." }) }

    private func document(_ name: String) -> JSONDocument.Value? {
        FileManager.default.contents(atPath: Self.folder.appending(path: name).path).flatMap {
            try? JSONDocument(parsing: String(decoding: $0, as: UTF8.self)).root.value
        }
    }

    private func request() throws -> HTTPRequest {
        var request = HTTPRequest(
            method: HTTPRequest.Method(expected["method"]?.string ?? "") ?? .post,
            scheme: "https",
            authority: expected["host"]?.string,
            path: expected["path"]?.string
        )
        for member in document("\(stem).request.json")?["headers"]?.members ?? [] {
            if let name = HTTPField.Name(member.name), case .string(let value) = member.node.value {
                request.headerFields[name] = value
            }
        }
        return request
    }

    private func requestBody() throws -> [UInt8] {
        guard let document = document("\(stem).request.json") else { return [] }
        if let form = document["form"] {
            let fields = form.members.map { member in
                "--XX\r\nContent-Disposition: form-data; name=\"\(member.name)\"\r\n\r\n"
                    + "\(member.node.value.string ?? "")\r\n"
            }
            return Array((fields.joined() + "--XX--\r\n").utf8)
        }
        return Array((document["body"]?.line ?? "").utf8)
    }

    private func head() throws -> HTTPResponse {
        var fields = HTTPFields()
        var status = file.hasSuffix(".ws.jsonl") ? 101 : 200
        if let data = FileManager.default.contents(atPath: Self.folder.appending(path: "\(stem).headers").path) {
            let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? status
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
                fields.append(HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
            }
        }
        return HTTPResponse(status: .init(code: status), headerFields: fields)
    }
}

/// A clock that shows noon of 2026-11-23 forever.
private struct FixedClock: UsageClock {
    var wallMicroseconds: Int64 { TestCall.microseconds("2026-11-23") }
    var monotonicNanoseconds: Int64 { 0 }
}

/// A sink that keeps the finished record.
private final class Sink: UsageSink {
    private let state = Mutex<CallRecord?>(nil)

    var record: CallRecord? { state.withLock { $0 } }

    func record(_ record: CallRecord) { state.withLock { $0 = record } }
    func recordOpen(_ record: CallRecord) {}
}
