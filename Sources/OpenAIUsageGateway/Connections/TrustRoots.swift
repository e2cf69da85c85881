import Foundation
import NIOSSL

/// The certificates that the upstream's certificate is verified against.
enum TrustRoots {
    /// Loads the certificates of a configuration; `nil` for the system's.
    ///
    /// - Throws: A ``GatewayError`` that names the file or the folder.
    static func load(file: String?, folder: String?) throws -> NIOSSLTrustRoots? {
        guard file != nil || folder != nil else { return nil }
        var certificates: [NIOSSLCertificate] = []
        if let file { certificates += try read(file: file) }
        if let folder { certificates += try read(folder: folder) }
        return .certificates(certificates)
    }

    private static func read(file: String) throws -> [NIOSSLCertificate] {
        guard FileManager.default.fileExists(atPath: file) else {
            throw failure("The file with the trusted certificates, \(file), is not there.")
        }
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw failure("The file with the trusted certificates, \(file), cannot be read: check its permissions.")
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
            throw failure("The file \(file) holds no certificate: it must be PEM text (-----BEGIN CERTIFICATE-----).")
        }
        return certificates
    }

    /// Reads the certificates of all files in a folder; files without any are skipped.
    private static func read(folder: String) throws -> [NIOSSLCertificate] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw failure(
                "The folder with the trusted certificates, \(folder), cannot be read: check that it is there."
            )
        }
        let certificates = names.sorted().flatMap { name in
            (try? NIOSSLCertificate.fromPEMFile("\(folder)/\(name)")) ?? []
        }
        guard !certificates.isEmpty else {
            throw failure("The folder \(folder) holds no certificate: its files must be PEM text.")
        }
        return certificates
    }

    private static func failure(_ message: String) -> GatewayError {
        GatewayError(
            code: .invalidConfiguration,
            message: message + " It was named by --upstream-ca, or by SSL_CERT_FILE or SSL_CERT_DIR of the environment."
        )
    }
}
