import Foundation

/// Certificates that are made for a test run by the `openssl` command.
package struct Certificates: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package static let isAvailable = FileManager.default.isExecutableFile(atPath: openssl)
    private static let openssl = "/usr/bin/openssl"

    /// The same for all tests of a run.
    package static let shared = Result { try Certificates() }

    private static let folder = FileManager.default.temporaryDirectory
        .appending(path: "oai-usage-certificates-\(UUID().uuidString)")

    package var authority: String { path("authority.pem") }

    private init() throws {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: Certificates.folder) }
        for name in ["authority", "stranger"] {
            try run(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(path("\(name).key")) "
                    + "-out \(path("\(name).pem")) -subj /CN=\(name) -days 2 -addext basicConstraints=critical,CA:TRUE"
            )
        }
        try issue("good", names: "DNS:localhost,IP:127.0.0.1")
        try issue("other", names: "DNS:other.example,IP:192.0.2.1")
        try issue("expired", names: "DNS:localhost,IP:127.0.0.1", days: -1)
        try run("pkey -in \(path("good.key")) -aes256 -passout pass:secret -out \(path("encrypted.key"))")
        var both = try Data(contentsOf: URL(filePath: path("good.key")))
        both += try Data(contentsOf: URL(filePath: path("good.pem")))
        try both.write(to: URL(filePath: path("both.pem")))
    }

    /// The path of a file.
    package func path(_ name: String) -> String { Self.folder.appending(path: name).path }

    private func issue(_ name: String, names: String, days: Int = 1) throws {
        try Data("subjectAltName=\(names)\n".utf8).write(to: Self.folder.appending(path: "\(name).ext"))
        try run(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(path("\(name).key")) "
                + "-out \(path("\(name).csr")) -subj /CN=\(name)"
        )
        try run(
            "x509 -req -in \(path("\(name).csr")) -CA \(authority) -CAkey \(path("authority.key")) -CAcreateserial "
                + "-days \(days) -extfile \(path("\(name).ext")) -out \(path("\(name).pem"))"
        )
    }

    private func run(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.openssl)
        process.arguments = arguments.split(separator: " ").map(String.init)
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments): \(String(decoding: text, as: UTF8.self))")
        }
    }
}
