import Testing

@testable import oai_usage

struct SecretTextTests {
    @Test(arguments: [
        ("http://user:pw@host/v1", "http://***@host/v1"), ("http://u:p@w@host", "http://***@host"),
        ("\"http://u:a/pw@h\" is none", "\"http://***@h\" is none"), ("//u:pw@h", "//***@h"),
        ("http:///u:pw@h", "http://***@h"),
        ("it is \"user:pw@127.0.0.1:1\"; it must be", "it is \"***@127.0.0.1:1\"; it must be"),
        ("https://h/v1?key=token is", "https://h/v1?*** is"), ("https://h/v1#token", "https://h/v1?***"),
        ("https://user@h", "https://***@h"), ("/a/sk-abc_DEF", "/a/sk-***"),
        ("Bearer abc1, not sk-x", "Bearer ***, not sk-***"),
        ("Bearer sk-abc, x", "Bearer sk-***, x"), ("Basic dXNlcg==", "Basic ***"), ("a bearer token", "a bearer token"),
        ("127.0.0.1:8787", "127.0.0.1:8787"), ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("someone@example.com", "someone@example.com"), ("a=b, WXYZ=proj_a", "a=b, WXYZ=proj_a"),
        ("/etc/oai-usage/config.json:3:1: error", "/etc/oai-usage/config.json:3:1: error"),
    ])
    func `What may be secret is masked, and nothing else`(_ text: String, _ masked: String) {
        #expect(SecretText.masked(text) == masked)
        #expect(SecretText.masked(masked) == masked)
    }
}
