import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Fetches a price file from a URL.
struct PriceDownload {
    /// The most bytes of a price file.
    static let maximumSize = 16 << 20

    private let url: URL
    private let host: String
    private let port: Int
    private let isEncrypted: Bool

    /// Creates the download of a URL; `nil` if the text is none.
    ///
    /// - Throws: A ``CommandFailure`` for an unencrypted URL of another machine, since prices decide over money.
    init?(_ text: String) throws {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return nil }
        guard URLPort.isValid(text) else {
            throw CommandFailure("The port of the URL after --from must be from 1 to 65535.")
        }
        guard let url = URL(string: text), let host = url.host, !host.isEmpty, url.user == nil, url.password == nil
        else {
            throw CommandFailure(
                "--from must be a URL without a user, as in https://host/prices.json."
            )
        }
        isEncrypted = url.scheme == "https"
        let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        guard isEncrypted || isLocal else {
            throw CommandFailure("\(host) is named without encryption; prices are fetched by https alone.")
        }
        self.url = url
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? (isEncrypted ? 443 : 80)
    }

    /// Returns the text of the file.
    ///
    /// - Throws: A ``CommandFailure`` that says why there is none.
    func text() async throws -> String {
        var tls: NIOSSLContext?
        if isEncrypted {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            tls = try NIOSSLContext(configuration: configuration)
        }
        let client = SimpleClient(group: MultiThreadedEventLoopGroup.singleton, host: host, port: port, tls: tls)
        let components = URLComponents(url: url, resolvingAgainstBaseURL: false)
        let path = components?.percentEncodedPath ?? ""
        let query = components?.percentEncodedQuery.map { "?\($0)" } ?? ""
        let answer: SimpleClient.Answer
        do {
            answer = try await client.send(
                .GET,
                (path.isEmpty ? "/" : path) + query,
                headers: ["Accept": "application/json"],
                limit: Self.maximumSize + 1,
                timeout: .seconds(60)
            )
        } catch {
            throw CommandFailure("\(host):\(port) cannot be reached: \(error)")
        }
        if answer.body.count > Self.maximumSize {
            throw CommandFailure(
                "The answer of \(host) is larger than \(Self.maximumSize >> 20) MiB, which no price file is."
            )
        }
        guard let status = answer.status, answer.isComplete else {
            let reason = answer.isTimedOut ? "took longer than a minute" : "ended early"
            throw CommandFailure("The answer of \(host) \(reason); nothing of it was used.")
        }
        guard status == 200 else {
            let remedy = 300..<400 ~= status ? "; redirects are not followed, so give the final URL" : ""
            throw CommandFailure("\(host) answered \(status)\(remedy).")
        }
        guard let text = String(validating: answer.body, as: UTF8.self) else {
            throw CommandFailure("The answer of \(host) is not UTF-8 text.")
        }
        return text
    }
}
