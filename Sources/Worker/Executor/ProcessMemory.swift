internal import Foundation

/// What a process holds in memory, as the kernel counts it.
struct ProcessMemory: Sendable, Equatable {
    /// Resident now, in bytes.
    let resident: Int
    /// The most that was resident since the last reset, in bytes.
    let peak: Int

    /// Nil for a process that has ended, zombies included.
    static func of(pid: Int32) -> ProcessMemory? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return nil }
        return ProcessMemory(status: status)
    }

    /// From the text of `/proc/<pid>/status`.
    init?(status: String) {
        guard let resident = Self.kibibytes("VmRSS:", in: status) else { return nil }
        self.resident = resident << 10
        peak = max((Self.kibibytes("VmHWM:", in: status) ?? 0) << 10, self.resident)
    }

    /// Makes the kernel count the peak from now on (Linux `clear_refs`, value 5); false where it can't.
    @discardableResult static func resetPeak(pid: Int32) -> Bool {
        guard let file = FileHandle(forWritingAtPath: "/proc/\(pid)/clear_refs") else { return false }
        return (try? file.write(contentsOf: Data("5".utf8))) != nil
    }

    private static func kibibytes(_ key: String, in status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return nil }
        return Int(line.dropFirst(key.count).split(whereSeparator: { $0 == " " || $0 == "\t" }).first ?? "")
    }
}
