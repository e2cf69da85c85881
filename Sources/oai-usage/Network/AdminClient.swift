import NIOCore
import NIOHTTP1
import NIOPosix
import OpenAIUsageGateway
import OpenAIUsagePricing

/// A client of a running gateway's admin server.
struct AdminClient {
    /// The error for a command that the gateway rejected or did not receive.
    struct Rejection: Error, CustomStringConvertible {
        /// The HTTP status; `nil` if no gateway responded.
        var status: Int?
        var description: String
    }

    /// The accepted media types, by which a port for clients recognizes a request that was not meant for it.
    static let mediaTypes = "application/vnd.oai-usage.command, application/json"

    private let admin: AdminArgument
    private let token: String?

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - admin: The address of the gateway's admin server.
    ///   - token: The bearer token; `nil` for none.
    init(_ admin: AdminArgument, token: String?) {
        self.admin = admin
        self.token = token
    }

    /// Sends a command, and returns the JSON body of the response.
    ///
    /// - Throws: A ``Rejection`` with the gateway's message, or if no gateway responds.
    func post(_ path: String, _ json: String) async throws -> String {
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": Self.mediaTypes]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = SimpleClient(group: group, host: admin.address.host, port: admin.address.port)
        let answer: SimpleClient.Answer
        do {
            answer = try await client.send(.POST, path, headers: headers, body: json)
            try await group.shutdownGracefully()
        } catch {
            try? await group.shutdownGracefully()
            throw Rejection(
                status: nil,
                description: "No gateway answers on \(admin.address); start one, or name it with --admin."
            )
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200 else {
            throw Rejection(
                status: answer.status,
                description: "The gateway on \(admin.address) did not do it: \(Self.message(text, answer.status))"
            )
        }
        return text
    }

    /// The error for a response that cannot be decoded.
    var misunderstanding: CommandFailure {
        CommandFailure("The gateway on \(admin.address) sent an answer that cannot be read.")
    }

    private static func message(_ text: String, _ status: Int?) -> String {
        guard let status else { return "it ended the connection." }
        do throws(JSONDocumentError) {
            let message = try JSONDocument(parsing: text).root.value["error"]?["message"]?.string
            return message ?? "it answered with the status \(status)."
        } catch {
            return "it answered with the status \(status); is it a gateway of this version?"
        }
    }
}
