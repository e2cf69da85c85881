/// The version of a program, as the metric `oai_usage_build_info` tells it.
public struct BuildInformation: Sendable, Hashable {
    /// The program's version.
    public var version: String
    /// The revision of its source; `nil` when it is not known.
    public var revision: String?
    /// The version of Swift that compiled the library, as `6.3`.
    public static let swiftVersion: String = {
        #if compiler(>=6.5)
        "6.5 or later"
        #elseif compiler(>=6.4)
        "6.4"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }()

    /// Creates the version of a program.
    public init(version: String, revision: String? = nil) {
        self.version = version
        self.revision = revision
    }
}
