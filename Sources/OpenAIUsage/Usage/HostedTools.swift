/// The calls of hosted tools in a response object.
struct HostedTools: Sendable {
    /// An item of the output while it is read.
    struct Item: Sendable {
        var type = ""
        var status = ""
        var action = ""
        var container: String?
    }

    /// A tool of the request, which the response repeats, while it is read.
    struct Tool: Sendable {
        var type = ""
        var model: String?
        var memory: String?
    }

    /// The most distinct containers that are recorded.
    static let maximumContainers = 64

    var item = Item()
    var tool = Tool()
    private(set) var calls: [String: Int64] = [:]
    private(set) var containers: [String] = []
    private(set) var memory: String?
    private(set) var imageModel: String?
    private var searchTool: String?
    /// The provider's own count of billable searches, which takes precedence over the items.
    var searchRequests: Int64?

    var isEmpty: Bool { calls.isEmpty && searchRequests == nil }

    /// Ends an item and counts its call.
    mutating func endItem() {
        defer { item = Item() }
        switch item.type {
        case "web_search_call":
            // Opening a found page and searching in it are free.
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
            // The tool is unknown, and therefore its price.
            guard item.status.isEmpty || item.status == "completed" else { return }
            let name = String(type.dropLast(Self.callSuffix.utf8.count))
            count(calls.count < Self.maximumUnknownTools && Self.isName(name) ? name : "unknown")
        default: break
        }
    }

    private static let callSuffix = "_call"
    /// The number of tools in a response from which on an unknown one has no name of its own.
    private static let maximumUnknownTools = 32

    /// True if a text can be a tool's name and nothing else.
    private static func isName(_ text: String) -> Bool {
        1...40 ~= text.utf8.count
            && text.utf8.allSatisfy { 0x61...0x7a ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") }
    }

    /// Ends a tool and stores its settings.
    mutating func endTool() {
        defer { tool = Tool() }
        switch tool.type {
        case "image_generation": imageModel = tool.model ?? imageModel
        case "code_interpreter", "shell": memory = tool.memory ?? memory
        case let type where type.hasPrefix("web_search"): searchTool = type
        default: break
        }
    }

    /// The number of calls by tool.
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
