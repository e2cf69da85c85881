import OpenAIUsage

extension CallRecord {
    /// The names of the texts that exceed their bounds or hold what cannot be printed.
    var excesses: [String] {
        var found: [String] = []
        func check(_ name: String, _ text: String?, _ bound: Int, isVerbatim: Bool = false) {
            guard let text else { return }
            if text.utf8.count > bound { found.append(name) }
            // Verbatim text keeps the line ends of its document; nothing else has control characters.
            if !isVerbatim, Self.hasControls(text) { found.append("\(name) is unclean") }
        }
        check("operationID", operationID, 512)
        check("client", client, 64)
        check("method", method, 16)
        check("host", host, 128)
        check("path", path, 256)
        check("organization", organization, 256)
        check("project", project, 256)
        check("requestedOrganization", requestedOrganization, 256)
        check("requestedProject", requestedProject, 256)
        check("key", key?.hint, 18)
        check("requestModel", requestModel, 256)
        check("model", model, 256)
        check("requestedServiceTier", requestedServiceTier, 256)
        check("serviceTier", serviceTier, 256)
        check("backgroundWindow", backgroundWindow, 256)
        check("finish", finish, 64)
        check("errorType", errorType, 64)
        check("errorCode", errorCode, 64)
        check("requestID", requestID, 256)
        check("clientRequestID", clientRequestID, 512)
        check("responseID", responseID, 256)
        check("usageSource", usageSource, 64)
        check("rawUsage", rawUsage, 16_384, isVerbatim: true)
        check("providerCost", providerCost, 128)
        if toolCalls.count > 64 { found.append("toolCalls") }
        for name in toolCalls.keys { check("a tool's name", name, 64) }
        if units.count > 128 { found.append("units") }
        for (name, value) in units {
            // An evaluation's counters have the names of its models.
            check("a unit's name", name, name.hasPrefix("per_model.") ? 192 : 64)
            check("a unit", value, 512)
        }
        return found
    }

    private static func hasControls(_ text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7f || (last == 0xc2 && byte < 0xa0) { return true }
            last = byte
        }
        return false
    }
}
