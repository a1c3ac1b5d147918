internal import Foundation
internal import Glibc
internal import Pipeline

/// One process for good: pids are used again, a pid with its start time is not.
public struct ProcessIdentity: Sendable, Equatable {
    /// The host's name and the pid namespace, since containers may share a name and a folder.
    public let host: String
    public let pid: Int32
    /// Clock ticks since boot, field 22 of `/proc/<pid>/stat`.
    public let start: UInt64

    /// This process.
    public static let current = ProcessIdentity(
        host: hostName, pid: getpid(), start: startTime(of: getpid()) ?? 0)

    /// Whether the process is known to be gone: only ever said of this host's processes.
    public var isGone: Bool {
        host == Self.hostName && Self.startTime(of: pid) != start
    }

    /// When a process of this host started, or nil when there is none.
    public static func startTime(of pid: Int32) -> UInt64? { ProcessStat(pid: pid)?.start }

    /// The name that this process marks its folders and unfinished files with.
    var tag: String { "\(host)_\(pid)_\(start)" }

    init(host: String, pid: Int32, start: UInt64) { (self.host, self.pid, self.start) = (host, pid, start) }

    /// The owner that a name begins with: `host_pid_start`, then an end or `suffix`.
    init?(tag: some StringProtocol) {
        let parts = tag.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, let pid = Int32(parts[1]), let start = UInt64(parts[2]) else { return nil }
        self.init(host: String(parts[0]), pid: pid, start: start)
    }

    private static let hostName: String = {
        let text = ProcessInfo.processInfo.hostName
        let namespace = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
        return (text + "." + namespace.filter(\.isNumber)).filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
        }
    }()
}
