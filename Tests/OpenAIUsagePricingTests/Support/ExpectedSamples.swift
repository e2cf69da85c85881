import Foundation
import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// A sample of the core's fixtures, as far as it says what a call cost.
struct ExpectedSample: CustomTestStringConvertible {
    var file: String
    /// The cost of the model's own work; `nil` where the sample has none.
    var modelCost: String?
    /// The cost of the tools; `nil` where the sample says nothing.
    var toolCost: String?
    /// The provider's own figure.
    var providerCost: String?
    var isBillable: Bool
    var call: TestCall

    var testDescription: String { file }
}

/// The fixtures' table of expectations.
enum ExpectedSamples {
    static let all: [ExpectedSample] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../OpenAIUsageTests/Fixtures/samples/expected.json").standardized.path
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        do {
            let document = try JSONDocument(parsing: String(decoding: data, as: UTF8.self))
            return (document.root["samples"]?.elements ?? []).map(sample)
        } catch {
            return []
        }
    }()

    private static func sample(_ node: JSONDocument.Node) -> ExpectedSample {
        var call = TestCall()
        call.model = node["model"]?.text
        call.requestModel = node["request_model"]?.text
        call.tier = node["service_tier"]?.text
        call.host = node["host"]?.text ?? ""
        call.endpoint = node["endpoint"]?.text ?? ""
        call.status = node["http_status"]?.text.flatMap { Int($0) }
        call.state = node["usage_state"]?.text.flatMap { UsageState(rawValue: $0) }
        call.providerCost = node["provider_cost_usd"]?.text
        var isBillable = true
        if case .bool(false)? = node["billable_call"]?.value { isBillable = false }
        if !isBillable {
            call.family = FreeFamily()
        } else if Endpoint(named: call.endpoint).family.isFree {
            // The samples leave it to the price book that the model costs nothing.
            call.family = ResponsesFamily()
        }
        for member in node["usage"]?.members ?? [] {
            let counter = TokenCounter.allCases.first { $0.name == member.name }
            let text = member.node.text ?? ""
            if let counter, let value = Int64(text) {
                call.usage[counter] = value
            } else {
                call.units[member.name] = text
            }
        }
        for member in node["units"]?.members ?? [] {
            if case .string(let text) = member.node.value {
                call.units[member.name] = "\"\(text)\""
            } else {
                call.units[member.name] = member.node.text
            }
        }
        if let tools = node["tools"] { addTools(tools, to: &call) }
        return ExpectedSample(
            file: node["file"]?.text ?? "",
            modelCost: node["token_cost_usd"]?.text,
            toolCost: node["tool_cost_usd"]?.text,
            providerCost: node["provider_cost_usd"]?.text,
            isBillable: isBillable,
            call: call
        )
    }

    private static func addTools(_ tools: JSONDocument.Node, to call: inout TestCall) {
        for member in tools.members where member.name.hasSuffix("_calls") {
            call.toolCalls[String(member.name.dropLast("_calls".utf8.count))] = member.node.text.flatMap { Int64($0) }
        }
        if let containers = tools["containers"]?.elements, let memory = tools["container_memory"]?.text {
            call.toolCalls["container.\(memory)"] = Int64(containers.count)
        }
        guard let model = tools["image_model"]?.text, let tokens = tools["image_tokens"] else { return }
        func count(_ name: String) -> Int64 { tokens[name]?.text.flatMap { Int64($0) } ?? 0 }
        call.units["image_generation.model"] = "\"\(model)\""
        call.units["image_generation.input_tokens"] = String(count("text_input") + count("image_input"))
        call.units["image_generation.image_input_tokens"] = String(count("image_input"))
        call.units["image_generation.output_tokens"] = String(count("text_output") + count("image_output"))
        call.units["image_generation.image_output_tokens"] = String(count("image_output"))
    }
}

extension JSONDocument.Node {
    /// The members of an object.
    var members: [JSONDocument.Member] {
        if case .object(let members) = value { return members }
        return []
    }

    /// The elements of an array.
    var elements: [JSONDocument.Node] {
        if case .array(let elements) = value { return elements }
        return []
    }

    /// The text of a string or number.
    var text: String? {
        switch value {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    /// A member of an object.
    subscript(name: String) -> JSONDocument.Node? { members.first { $0.name == name }?.node }
}
