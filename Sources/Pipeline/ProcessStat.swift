internal import Foundation

/// The two fields of /proc/PID/stat that tell one process from another and the living from the dead.
public struct ProcessStat: Sendable, Equatable {
    /// Clock ticks since boot.
    public let start: UInt64
    /// A zombie counts as dead.
    public let isDead: Bool

    /// Nil when there is no such process.
    public init?(pid: Int32) {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        self.init(stat: stat)
    }

    /// The name (second field) may hold spaces and parentheses, so fields are counted from the last parenthesis.
    public init?(stat: String) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
        self.start = start
        isDead = ["Z", "X", "x"].contains(fields[0])
    }
}
