import NIOCore
import NIOHTTP1
import NIOPosix
import OpenAIUsageGateway
import OpenAIUsagePricing

/// Orders to a running gateway, through its admin plane.
struct AdminClient {
    /// The answer to an order that was not carried out.
    struct Refusal: Error, CustomStringConvertible {
        /// The status; `nil` if no gateway has answered.
        var status: Int?
        var description: String
    }

    private let admin: AdminArgument
    private let token: String?

    /// Prepares orders.
    ///
    /// - Parameters:
    ///   - admin: Where the gateway's operators connect.
    ///   - token: The token to send; `nil` for none.
    init(_ admin: AdminArgument, token: String?) {
        self.admin = admin
        self.token = token
    }

    /// Gives an order, and returns the JSON that answers it.
    ///
    /// - Throws: A ``Refusal`` with the gateway's own words.
    func post(_ path: String, _ json: String) async throws -> String {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = SimpleClient(group: group, host: admin.address.host, port: admin.address.port)
        let answer: SimpleClient.Answer
        do {
            answer = try await client.send(.POST, path, headers: headers, body: json)
            try await group.shutdownGracefully()
        } catch {
            try? await group.shutdownGracefully()
            throw Refusal(
                status: nil,
                description: "No gateway answers on \(admin.address); start one, or name it with --admin."
            )
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200 else {
            throw Refusal(
                status: answer.status,
                description: "The gateway on \(admin.address) did not do it: \(Self.message(text, answer.status))"
            )
        }
        return text
    }

    /// The error about an answer that cannot be read.
    var misunderstanding: CommandFailure {
        CommandFailure("The gateway on \(admin.address) gave an answer that is not understood.")
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
