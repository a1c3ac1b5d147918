internal import Foundation
internal import Pipeline

/// The server process of a private cluster. Whoever calls these holds the cluster's start lock.
struct Postmaster {
    let layout: ClusterLayout
    let account: ClusterAccount
    let socket: URL
    /// Over the defaults; for tests.
    let settings: [String: String]

    private var pidFile: URL { layout.data.appending(path: "postmaster.pid") }

    /// Connection string of a database of the cluster.
    func url(_ database: String) -> String {
        let allowed = CharacterSet(charactersIn: "/").union(.alphanumerics)
        let host = socket.path.addingPercentEncoding(withAllowedCharacters: allowed) ?? socket.path
        return "postgresql://rundum@/\(database)?host=\(host)"
    }

    var answers: Bool { (try? Connection(url("postgres"))) != nil }

    /// The server's pid when it runs; a pid that is left over and now another process's does not count.
    var running: Int32? {
        guard let text = try? String(contentsOf: pidFile, encoding: .utf8),
            let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }), Self.works(pid, in: layout.data)
        else { return nil }
        return pid
    }

    /// Starts the server unless it runs, also after a crash, and waits until it answers.
    func ensureRunning(_ binaries: PostgresBinaries) throws(Failure) {
        if answers { return }
        var pid = running
        if pid == nil {
            try clearRemains()
            pid = try start(binaries)
        }
        let server = pid ?? 0
        // Recovery after a crash may take long; a server that ended will not answer any more.
        let settled = Deadline.reaches(within: 120) { answers || ProcessStat(pid: server)?.isDead != false }
        guard settled, answers else {
            throw Failure(
                .databaseUnavailable, "The private database did not start.",
                hint: "Its log, in the folder of the database, says why.", detail: logTail)
        }
    }

    /// Ends the server and waits for it; clients are cut off.
    func stop() {
        guard let pid = running else { return }
        kill(pid, SIGINT)
        if Deadline.reaches(within: 60, { !Self.works(pid, in: layout.data) }) { return }
        kill(pid, SIGQUIT)
        _ = Deadline.reaches(within: 10) { !Self.works(pid, in: layout.data) }
    }

    private func start(_ binaries: PostgresBinaries) throws(Failure) -> Int32 {
        var options: [String] = []
        for (key, value) in defaults.merging(settings, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            options += ["-c", "\(key)=\(value)"]
        }
        let server = try ChildProcess(
            account.command([binaries.postgres, "-D", layout.data.path] + options), log: layout.startLog)
        server.reapLater()
        return server.pid
    }

    private var defaults: [String: String] {
        [
            "listen_addresses": "",
            "unix_socket_directories": "\"\(socket.path.replacing("\"", with: "\"\""))\"",
            "unix_socket_permissions": "0700",
            "max_connections": "80", "shared_buffers": "64MB", "max_wal_size": "512MB", "jit": "off",
            // A file a weekday, overwritten a week later; refused statements are told to the caller, not here.
            "logging_collector": "on", "log_directory": layout.logs.path, "log_filename": "postgresql-%a.log",
            "log_truncate_on_rotation": "on", "log_rotation_age": "1d", "log_rotation_size": "0",
            "log_min_messages": "log", "log_min_error_statement": "panic", "log_checkpoints": "off",
        ]
    }

    /// After the server was killed: waits for its children to notice, and drops a pid file that would stop a new one,
    /// because the pid is now some other process's or a zombie's.
    private func clearRemains() throws(Failure) {
        if !Deadline.reaches(within: 5, { Self.workers(in: layout.data).isEmpty }) {
            for pid in Self.workers(in: layout.data) { kill(pid, SIGQUIT) }
            guard Deadline.reaches(within: 10, { Self.workers(in: layout.data).isEmpty }) else {
                throw Failure(
                    .databaseUnavailable, "Processes of an earlier private database do not end.",
                    detail: "pids \(Self.workers(in: layout.data))")
            }
        }
        unlink(pidFile.path)
    }

    /// Whether the process is alive and at work in the folder, as all of a server's processes are.
    private static func works(_ pid: Int32, in folder: URL) -> Bool {
        guard ProcessStat(pid: pid)?.isDead == false else { return false }
        return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == folder.path
    }

    private static func workers(in folder: URL) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { works($0, in: folder) }
    }

    /// The end of what the server said last.
    private var logTail: String {
        let text = (try? String(contentsOf: layout.startLog, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(10).joined(separator: "\n")
    }
}
