internal import Foundation

/// What names one process for good: where pids mean something, the pid, and when it started.
extension WorkerDescription {
    /// This process.
    public static var current: WorkerDescription {
        let pid = ProcessInfo.processInfo.processIdentifier
        return WorkerDescription(host: thisHost, pid: pid, processStart: ProcessStat(pid: pid)?.start ?? 0)
    }

    /// This machine since its last boot, and the pid namespace: two containers with one host name differ.
    public static let thisHost: String = {
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?.trimmed ?? "-"
        let namespace = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "-"
        return "\(ProcessInfo.processInfo.hostName) \(boot) \(namespace)"
    }()

    /// Whether the process is there; only meaningful when `host` is this one. A zombie is gone.
    public var isRunning: Bool {
        guard let stat = ProcessStat(pid: pid) else { return false }
        return stat.start == processStart && !stat.isDead
    }
}

/// The two fields of /proc/PID/stat that tell one process from another and the living from the dead.
struct ProcessStat {
    let start: UInt64
    let isDead: Bool

    /// Nil when there is no such process.
    init?(pid: Int32) {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        self.init(stat: stat)
    }

    /// The name (second field) may hold spaces and parentheses, so fields are counted from the last parenthesis.
    init?(stat: String) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
        self.start = start
        isDead = ["Z", "X", "x"].contains(fields[0])
    }
}
