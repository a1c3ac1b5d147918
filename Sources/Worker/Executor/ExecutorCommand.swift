public import Foundation

/// How executors are started.
public struct ExecutorCommand: Sendable, Equatable {
    public var path: String
    /// Without the program's own name.
    public var arguments: [String]
    /// Everything that the executor sees of the environment.
    public var environment: [String: String]

    /// By default this very binary, as it was when this process began, with the hidden command `execute`.
    public init(
        path: String = "/proc/self/exe", arguments: [String] = ["execute"],
        environment: [String: String] = ExecutorCommand.inherited(ProcessInfo.processInfo.environment)
    ) {
        (self.path, self.arguments, self.environment) = (path, arguments, environment)
    }

    /// The part of an environment that an executor may know: no database address, key or token, since hostile pictures
    /// are decoded there.
    public static func inherited(_ environment: [String: String]) -> [String: String] {
        var kept = environment.filter { name, _ in
            names.contains(name) || prefixes.contains { name.hasPrefix($0) }
        }
        // A crash is an outcome here: Swift's backtracer would hold its process for seconds.
        kept["SWIFT_BACKTRACE"] = "enable=no"
        return kept
    }

    private static let names: Set<String> = [
        "HOME", "LANG", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "PATH", "RUNDUM_MODELS",
        "RUNDUM_PLATE_DETECTOR", "TMPDIR", "TZ",
    ]
    private static let prefixes = ["ASAN_", "LC_", "OMP_", "OV_", "TSAN_", "UBSAN_", "VIPS_"]
}
