import Foundation

/// The owner of files beside a ledger.
enum FileOwner {
    /// Gives a file that the superuser has created to the owner of the ledger, or else of the folder.
    ///
    /// Otherwise a service without privileges could not use what a killed command of an administrator has left.
    ///
    /// - Parameters:
    ///   - descriptor: The open file.
    ///   - ledger: The path of the ledger; one that ends with a slash is the folder.
    static func adopt(_ descriptor: Int32, of ledger: String) {
        guard geteuid() == 0 else { return }
        var facts = stat()
        let folder = (ledger as NSString).deletingLastPathComponent
        guard stat(ledger == "/" ? "." : ledger, &facts) == 0 || stat(folder.isEmpty ? "." : folder, &facts) == 0 else {
            return
        }
        _ = fchown(descriptor, facts.st_uid, facts.st_gid)
    }
}
