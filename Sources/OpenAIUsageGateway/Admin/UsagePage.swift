import HTTPTypes
import Hummingbird
import NIOCore

/// The page at the root of the admin plane.
///
/// Its text is the same for every gateway and holds no figure and no setting: all that it shows it asks of the reporting API, with
/// the token that its user enters. It is therefore served without a token.
enum UsagePage {
    /// The path of the page.
    static let path = "/"

    /// The policy of the page: nothing but its own style and script runs, it reads this origin alone, no other site may frame it,
    /// and text cannot become markup.
    static let policy = [
        "default-src 'none'", "script-src '\(scriptHash)'", "style-src '\(styleHash)'", "connect-src 'self'",
        "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let names: [(name: String, value: String)] = [
        ("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// Returns the page as a response.
    static func response() -> Response {
        let body = ByteBuffer(string: text)
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .contentLength: String(body.readableBytes), .vary: "Accept, Accept-Encoding",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in names {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
