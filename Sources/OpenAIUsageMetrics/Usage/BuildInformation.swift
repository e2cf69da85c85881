/// The version of a program, exposed as the metric `oai_usage_build_info`.
public struct BuildInformation: Sendable, Hashable {
    /// The program's version.
    public var version: String
    /// The source revision; `nil` if it is unknown.
    public var revision: String?
    /// The version of Swift that compiled the library, such as `6.3`.
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

    /// Creates build information.
    public init(version: String, revision: String? = nil) {
        self.version = version
        self.revision = revision
    }
}
