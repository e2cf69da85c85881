import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A URL that messages are sent to by POST; descriptions and errors do not contain its path, which is a secret.
struct Webhook: Sendable, CustomStringConvertible {
    /// The error for a message that was not accepted.
    struct Rejection: Error, CustomStringConvertible {
        let description: String
    }

    private let host: String
    private let port: Int
    private let isEncrypted: Bool
    private let path: String

    /// Creates a webhook; `nil` if the text is not an http or https URL.
    ///
    /// - Throws: A ``Rejection`` for a URL that cannot be used as it is; it does not contain the URL.
    init?(_ text: String) throws(Rejection) {
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https"
        else { return nil }
        guard url.user == nil, url.password == nil else {
            throw Rejection(description: "has a user or a password before its host, which is not sent; leave them out")
        }
        guard URLPort.isValid(text) else {
            throw Rejection(description: "has a port outside 1 to 65535")
        }
        self.host = host
        isEncrypted = scheme == "https"
        port = url.port ?? (isEncrypted ? 443 : 80)
        let query = url.percentEncodedQuery.map { "?\($0)" } ?? ""
        path = (url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath) + query
    }

    var description: String { "\(isEncrypted ? "https" : "http")://\(host):\(port)" }

    /// Sends a message.
    ///
    /// - Parameter json: The message.
    /// - Throws: A ``Rejection`` if it was not accepted within 20 seconds.
    func post(_ json: String) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let context = isEncrypted ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let isStandard = port == (isEncrypted ? 443 : 80)
        let client = SimpleClient(
            group: group,
            host: host,
            port: port,
            authority: isStandard ? host : nil,
            tls: context
        )
        let answer: SimpleClient.Answer
        do {
            answer = try await client.send(
                .POST,
                path,
                headers: ["Content-Type": "application/json"],
                body: json,
                limit: 65_536,
                timeout: .seconds(20)
            )
        } catch {
            throw Rejection(description: "\(self) cannot be reached.")
        }
        guard let status = answer.status else { throw Rejection(description: "\(self) gave no answer.") }
        guard 200..<300 ~= status else { throw Rejection(description: "\(self) answered with status \(status).") }
    }
}
