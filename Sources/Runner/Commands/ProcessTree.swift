internal import Foundation

/// What a process of this machine and its children hold in memory.
enum ProcessTree {
    /// Resident bytes of each of these processes with all below it; those that are gone are left out.
    static func resident(_ roots: [Int32]) -> [Int32: Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var children: [Int32: [Int32]] = [:]
        for pid in names.compactMap({ Int32($0) }) {
            if let parent = parent(of: pid) { children[parent, default: []].append(pid) }
        }
        var found: [Int32: Int] = [:]
        for root in roots {
            guard var sum = resident(root) else { continue }
            var rest = children[root] ?? []
            while let pid = rest.popLast() {
                sum += resident(pid) ?? 0
                rest += children[pid] ?? []
            }
            found[root] = sum
        }
        return found
    }

    private static func parent(of pid: Int32) -> Int32? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    private static func resident(_ pid: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }
}
