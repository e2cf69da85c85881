import OpenAIUsageGateway
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1:8787", "127.0.0.1", 8787), ("localhost:0", "localhost", 0), (":9000", "127.0.0.1", 9000),
        ("[::1]:80", "::1", 80), ("0.0.0.0:65535", "0.0.0.0", 65_535),
    ])
    func `An address is read`(text: String, host: String, port: Int) {
        #expect(GatewayConfiguration.Address(argument: text) == .init(host: host, port: port))
    }

    @Test(arguments: ["", "8787", "host", "host:", "host:65536", "host:-1", "::1:80", "http://host:80", "a b:1"])
    func `Anything else is refused`(text: String) {
        #expect(GatewayConfiguration.Address(argument: text) == nil)
    }

    @Test(arguments: [("team=search", "team", "search"), ("a=b=c", "a", "b=c"), ("a=", "a", "")])
    func `A tag is read`(text: String, name: String, value: String) {
        let tag = TagSelection(argument: text)
        #expect(tag?.name == name)
        #expect(tag?.value == value)
    }

    @Test(arguments: ["", "team", "=x"])
    func `A tag without a name or a sign is refused`(text: String) {
        #expect(TagSelection(argument: text) == nil)
    }
}
