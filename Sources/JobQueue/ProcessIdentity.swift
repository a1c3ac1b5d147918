internal import Foundation
internal import Pipeline

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
