import HTTPTypes
import Hummingbird
import NIOCore

/// The page at the root of the admin plane.
///
/// It holds no figure: all that it shows it asks of the reporting API, with the token that its user enters. It is therefore served
/// without a token. What it may ask for at once, without an answer that would be an error, its text says.
struct UsagePage {
    /// True if there are calls to ask for.
    var keepsCalls: Bool
    /// True if the reporting API wants a token.
    var asksToken: Bool

    /// The path of the page.
    static let path = "/"

    /// The policy of the page: nothing but its own style and script runs, it reads this origin alone, no other site may frame it,
    /// and text cannot become markup.
    static let policy = [
        "default-src 'none'", "script-src \(quoted(scriptHashes))", "style-src \(quoted(styleHashes))",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let names: [(name: String, value: String)] = [
        ("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    private static func quoted(_ hashes: [String]) -> String { hashes.map { "'\($0)'" }.joined(separator: " ") }

    /// The text of the page.
    var text: String {
        let (mark, end) = ("<html lang=\"en\"", ">")
        return Self.source.replacing(
            mark + end,
            with: mark + " data-keeps-calls=\"\(keepsCalls)\" data-asks-token=\"\(asksToken)\"" + end,
            maxReplacements: 1
        )
    }

    /// Returns the page as a response.
    func response() -> Response {
        let body = ByteBuffer(string: text)
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .contentLength: String(body.readableBytes), .vary: "Accept, Accept-Encoding",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in Self.names {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
