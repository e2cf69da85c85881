/// The calls of hosted tools in a response object.
struct HostedTools: Sendable {
    /// One item of the output while it is read.
    struct Item: Sendable {
        var type = ""
        var status = ""
        var action = ""
        var container: String?
    }

    /// One tool of the request while it is read, as the response repeats it.
    struct Tool: Sendable {
        var type = ""
        var model: String?
        var memory: String?
    }

    /// The most distinct containers that are told apart.
    static let maximumContainers = 64

    var item = Item()
    var tool = Tool()
    private(set) var calls: [String: Int64] = [:]
    private(set) var containers: [String] = []
    private(set) var memory: String?
    private(set) var imageModel: String?
    private var searchTool: String?
    /// The provider's own count of billable searches, which wins over the items.
    var searchRequests: Int64?

    var isEmpty: Bool { calls.isEmpty && searchRequests == nil }

    /// Takes the end of an item.
    mutating func endItem() {
        defer { item = Item() }
        switch item.type {
        case "web_search_call":
            // Opening and searching a page that was found is free.
            guard item.status == "completed", item.action == "search" || item.action.isEmpty else { return }
            count("web_search")
        case "file_search_call":
            if item.status == "completed" { count("file_search") }
        case "code_interpreter_call":
            count("code_interpreter")
            note(container: item.container)
        case "shell_call":
            count("shell")
            note(container: item.container)
        case "image_generation_call":
            if item.status == "completed" { count("image_generation") }
        case "mcp_call": count("mcp")
        case "computer_call": count("computer_use")
        case "custom_tool_call": count("custom")
        case "function_call": count("function")
        case let type where type.hasSuffix(Self.callSuffix):
            // A tool that is not known yet: what it costs is not known either.
            guard item.status.isEmpty || item.status == "completed" else { return }
            let name = String(type.dropLast(Self.callSuffix.utf8.count))
            count(calls.count < Self.maximumUnknownTools && Self.isName(name) ? name : "unknown")
        default: break
        }
    }

    private static let callSuffix = "_call"
    /// The most tools of a response that bear names of their own.
    private static let maximumUnknownTools = 32

    /// True for what can be a tool's name and nothing else.
    private static func isName(_ text: String) -> Bool {
        1...40 ~= text.utf8.count
            && text.utf8.allSatisfy { 0x61...0x7a ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") }
    }

    /// Takes the end of a tool.
    mutating func endTool() {
        defer { tool = Tool() }
        switch tool.type {
        case "image_generation": imageModel = tool.model ?? imageModel
        case "code_interpreter", "shell": memory = tool.memory ?? memory
        case let type where type.hasPrefix("web_search"): searchTool = type
        default: break
        }
    }

    /// The calls by tool.
    var counted: [String: Int64] {
        var result = calls
        let search = searchTool?.hasPrefix("web_search_preview") == true ? "web_search_preview" : "web_search"
        let searches = searchRequests ?? calls["web_search"]
        result["web_search"] = nil
        if let searches, searches > 0 { result[search] = searches }
        return result
    }

    private mutating func count(_ name: String) {
        calls[name, default: 0] += 1
    }

    private mutating func note(container: String?) {
        guard let container, containers.count < Self.maximumContainers, !containers.contains(container) else { return }
        containers.append(container)
    }
}
