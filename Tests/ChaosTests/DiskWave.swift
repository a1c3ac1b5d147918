import Foundation
import Processes
import TestKit

/// The disk of the blobs is a small one of its own, and full now and then.
enum DiskWave {
    /// Whether this process may mount.
    static let mayMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder(), (try? mount(folder.url, megabytes: 1)) != nil else {
            return false
        }
        try? unmount(folder.url)
        return true
    }()

    static func run() async throws -> WaveReport {
        var plan = try Arena.Plan("full-disk", server: PrivateServer.shared.get())
        // Who meets a full disk at every attempt gives up, and says so.
        plan.causes = ["storage_unavailable", "dependency_failed"]
        let blobs = plan.home.appending(path: "blobs")
        try FileManager.default.createDirectory(at: blobs, withIntermediateDirectories: true)
        try mount(blobs, megabytes: 32 + ChaosSize.current.jobs / 50)
        defer { try? unmount(blobs) }
        return try await Arena(plan).run { arena in
            for stretch in arena.size.full {
                try await Task.sleep(for: arena.size.pause * 2)
                let balloon = blobs.appending(path: "balloon")
                try fill(balloon)
                arena.count("s of full disk", Int(stretch.inSeconds))
                try await Task.sleep(for: stretch)
                try FileManager.default.removeItem(at: balloon)
            }
        }
    }

    /// Writes until there is no more room.
    private static func fill(_ file: URL) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        for size in [1 << 20, 1 << 12, 1] {
            let piece = Data(repeating: 1, count: size)
            while (try? handle.write(contentsOf: piece)) != nil {}
        }
    }

    private static func mount(_ folder: URL, megabytes: Int) throws {
        try call("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs", folder.path])
    }

    private static func unmount(_ folder: URL) throws { try call("/bin/umount", ["--lazy", folder.path]) }

    private static func call(_ program: String, _ words: [String]) throws {
        let child = try ChildProgram([program] + words, environment: ["PATH": "/usr/bin:/bin"])
        guard child.wait() == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
