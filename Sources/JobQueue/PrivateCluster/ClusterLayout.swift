internal import Foundation
internal import Pipeline

/// Where a private cluster keeps its things.
struct ClusterLayout: Equatable {
    /// `postgres` in rundum's home; everything but perhaps the socket is in here.
    let root: URL

    var data: URL { root.appending(path: "data") }
    /// Where initdb works; renamed to `data` when it is whole.
    var unfinished: URL { root.appending(path: "data.new") }
    var logs: URL { root.appending(path: "log") }
    var startLog: URL { root.appending(path: "start.log") }
    var usersLock: URL { root.appending(path: "users.lock") }
    var startLock: URL { root.appending(path: "start.lock") }

    /// A socket's address has room for 107 bytes, its folder for what `/.s.PGSQL.5432` leaves.
    static let longestSocketFolder = 107 - "/.s.PGSQL.5432".utf8.count

    /// Makes the folders that hold the cluster, and follows links, so that one cluster has one name.
    static func make(home: URL) throws(Failure) -> ClusterLayout {
        let root = home.appending(path: "postgres")
        do {
            try FileManager.default.createDirectory(
                at: root, withIntermediateDirectories: true,
                attributes: [.posixPermissions: geteuid() == 0 ? 0o711 : 0o700])
        } catch {
            throw Failure(
                .databaseUnavailable, "The private database's folder could not be made.",
                hint: "Choose another with RUNDUM_HOME.", detail: "\(root.path): \(error)")
        }
        guard let real = realpath(root.path, nil) else {
            throw Failure(.databaseUnavailable, "The private database's folder is gone.", detail: root.path)
        }
        defer { free(real) }
        return ClusterLayout(root: URL(filePath: String(cString: real)))
    }

    /// `run` beside the data, or, where that path is too long, a folder in the runtime folder or in /tmp.
    func socketFolder(runtime: String? = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"], uid: uid_t) -> URL {
        let near = root.appending(path: "run")
        if near.path.utf8.count <= Self.longestSocketFolder { return near }
        let name = "rundum-\(uid)-\(String(Self.hash(root.path), radix: 16))"
        if let runtime, geteuid() != 0, runtime.utf8.count + name.utf8.count < Self.longestSocketFolder {
            return URL(filePath: runtime).appending(path: name)
        }
        return URL(filePath: "/tmp").appending(path: name)
    }

    /// FNV-1a: the same for the same path in every process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
