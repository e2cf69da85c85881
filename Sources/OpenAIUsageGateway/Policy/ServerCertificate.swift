import Foundation
import NIOCore
import NIOSSL
public import OpenAIUsage
import Synchronization

/// A server certificate and its private key, ready for TLS handshakes.
public struct ServerCertificate: Sendable {
    let context: NIOSSLContext
    /// The end of the certificate's validity.
    public let expiresAt: Timestamp

    /// Reads a certificate and its private key.
    ///
    /// Handshakes use TLS 1.2 or later, with HTTP/1.1 as the protocol.
    ///
    /// - Parameters:
    ///   - file: A PEM file with the server's certificate, followed by the intermediate certificates.
    ///   - keyFile: A PEM file with the private key, which must not be encrypted; may be the same file.
    ///   - settings: The names of the two settings, for error messages.
    ///   - now: The current time.
    /// - Throws: A ``GatewayError`` that names the file and the problem.
    public init(
        file: String,
        keyFile: String,
        settings: (certificate: String, key: String) = ("--tls-cert", "--tls-key"),
        now: Timestamp
    ) throws {
        let certificates = try Self.certificates(try Self.bytes(file, settings.certificate), file)
        let key = try Self.key(try Self.bytes(keyFile, settings.key), keyFile)
        guard let own = certificates.first else { throw Self.holdsNone(file) }
        let (start, end) = (Self.time(own.notValidBefore), Self.time(own.notValidAfter))
        guard now <= end else {
            throw Self.failure(
                "The certificate in \(file) has expired on \(TimestampText.utc(end.microsecondsSince1970, isShort: true)): renew it."
            )
        }
        guard now >= start else {
            throw Self.failure(
                "The certificate in \(file) is valid from \(TimestampText.utc(start.microsecondsSince1970, isShort: true)) on: is this machine's clock right?"
            )
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // All data has been sent when a connection is closed, so a close need not wait long for the peer's close_notify
        // (RFC 8446, section 6.1); a shutdown would wait as long.
        configuration.shutdownTimeout = .milliseconds(200)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Self.failure(
                "The key in \(keyFile) is not that of the first certificate in \(file): the two must belong together, and the server's own certificate must come first."
            )
        }
        expiresAt = end
    }

    private static func bytes(_ path: String, _ flag: String) throws -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw failure("\(flag): there is no file \(path).")
        }
        guard !isFolder.boolValue, let data = FileManager.default.contents(atPath: path) else {
            throw failure("\(flag): \(path) cannot be read: it is not a file, or its permissions forbid it.")
        }
        return Array(data)
    }

    private static func certificates(_ bytes: [UInt8], _ file: String) throws -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw holdsNone(file)
        }
    }

    private static func key(_ bytes: [UInt8], _ file: String) throws -> NIOSSLPrivateKey {
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.contains("ENCRYPTED") else {
            throw failure(
                "The key in \(file) is encrypted, and nobody is there to type its passphrase: decrypt it with openssl pkey."
            )
        }
        do {
            // Without a callback, the library would ask for the passphrase on the terminal.
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { (_: NIOSSLPassphraseSetter<[UInt8]>) in }
        } catch {
            throw failure("The file \(file) holds no key: it must be PEM text (-----BEGIN PRIVATE KEY-----).")
        }
    }

    private static func holdsNone(_ file: String) -> GatewayError {
        failure("The file \(file) holds no certificate: it must be PEM text (-----BEGIN CERTIFICATE-----).")
    }

    private static func time(_ seconds: some BinaryInteger) -> Timestamp {
        Timestamp(microsecondsSince1970: Int64(seconds) * 1_000_000)
    }

    private static func failure(_ message: String) -> GatewayError {
        GatewayError(code: .invalidConfiguration, message: message)
    }
}

/// The certificate for new connections.
final class CurrentCertificate: Sendable {
    private let current: Mutex<ServerCertificate?>

    init(_ certificate: ServerCertificate?) {
        current = Mutex(certificate)
    }

    var value: ServerCertificate? { current.withLock { $0 } }

    func use(_ certificate: ServerCertificate) { current.withLock { $0 = certificate } }
}
