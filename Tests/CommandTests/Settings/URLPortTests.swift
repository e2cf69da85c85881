import Testing

@testable import oai_usage

struct URLPortTests {
    @Test(arguments: [
        "https://a/", "http://a:80", "https://u:p@a:65535/x:0", "http://[::1]/", "http://[::1]:8080/", "http://a:/",
        "no url",
    ])
    func `Ports of TCP and none are valid`(_ url: String) { #expect(URLPort.isValid(url)) }

    @Test(arguments: [
        "http://a:0", "http://a:65536/", "https://a:99999999999999999999/x", "http://[::1]:70000", "http://a:-1?b",
        "http://a:x",
    ])
    func `Others are not`(_ url: String) { #expect(!URLPort.isValid(url)) }
}
