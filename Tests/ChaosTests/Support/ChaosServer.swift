import Foundation
import JobQueue
import Processes
import TestKit

/// Where a wave's databases are.
protocol ChaosServer: Sendable {
    /// Connection string of a database.
    func url(_ database: String) -> String
    func close()
}

/// A private cluster as `rundum` makes them, with or without waiting for the disk.
final class PrivateServer: ChaosServer {
    let cluster: PrivateCluster
    private let home: URL
    /// Whether its folder is its own and goes with it.
    private let isOwn: Bool

    init(home: URL, isOwn: Bool) throws {
        (self.home, self.isOwn) = (home, isOwn)
        let durable = ChaosSize.current.isWhole
        let settings = ["max_connections": "200", "autovacuum_naptime": "10s"]
        cluster = try PrivateCluster.open(
            home: home, settings: durable ? settings : settings.merging(["fsync": "off"]) { $1 }, durable: durable)
    }

    func url(_ database: String) -> String { cluster.url.replacing("/rundum?", with: "/\(database)?") }

    /// Where the server listens.
    var socket: String {
        let host = cluster.url.split(separator: "host=").last.map { String($0) } ?? ""
        return (host.removingPercentEncoding ?? host) + "/.s.PGSQL.5432"
    }

    func close() {
        cluster.close()
        guard isOwn else { return }
        try? PrivateCluster.remove(home: home)
        try? FileManager.default.removeItem(at: home)
    }

    /// The one that most waves share, each with a database of its own.
    static let shared: Result<PrivateServer, any Error> = {
        let result = Result {
            try PrivateServer(home: TemporaryFolder.make("chaos").appending(path: "shared"), isOwn: true)
        }
        atexit { try? PrivateServer.shared.get().close() }
        return result
    }()
}

/// A server whose clock is read from a file, by way of libfaketime: `+0`, `+3600`, `-3600`.
final class FakedServer: ChaosServer {
    static let preloaded = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
    static var isInstalled: Bool { FileManager.default.fileExists(atPath: preloaded) }

    private let home: URL
    private let clock: URL
    private let program: ChildProgram
    private let place: String

    init() throws {
        home = try TemporaryFolder.make("chaos").appending(path: "faked")
        clock = home.appending(path: "clock")
        // Made and stopped as usual; what is started here is the same server with another clock.
        let cluster = try PrivateCluster.open(home: home, settings: ["fsync": "off"], durable: false)
        place = cluster.url
        guard let pid = cluster.serverPID,
            let binary = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
        else { throw CocoaError(.fileNoSuchFile) }
        let command = try FakedServer.command(of: pid, binary)
        cluster.close()
        let owner = try FileManager.default.attributesOfItem(atPath: home.path + "/postgres/data")
        let uid = (owner[.ownerAccountID] as? NSNumber)?.uint32Value ?? geteuid()
        let gid = (owner[.groupOwnerAccountID] as? NSNumber)?.uint32Value ?? getegid()
        try Data("+0\n".utf8).write(to: clock)
        let drop = ["/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"]
        // Preloaded by the last one only: what the library shares between processes belongs to who loads it first.
        let faked = [
            "/usr/bin/env", "LD_PRELOAD=\(FakedServer.preloaded)", "FAKETIME_TIMESTAMP_FILE=\(clock.path)",
            "FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1",
        ]
        program = try ChildProgram(
            (uid == geteuid() ? [] : drop) + faked + command,
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], directory: "/", session: true)
    }

    /// The words that a running server was started with.
    private static func command(of pid: Int32, _ binary: String) throws -> [String] {
        let words = try Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")).split(separator: 0)
        return [binary] + words.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Moves the server's clock to so many seconds from the true time.
    func move(to seconds: Int) throws {
        let next = home.appending(path: "clock.next")
        try Data((seconds < 0 ? "\(seconds)\n" : "+\(seconds)\n").utf8).write(to: next)
        // In one step: the server reads the file whenever it looks at its clock.
        guard rename(next.path, clock.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func url(_ database: String) -> String { place.replacing("/rundum?", with: "/\(database)?") }

    func close() {
        kill(program.pid, SIGINT)
        _ = program.wait()
        try? PrivateCluster.remove(home: home)
        try? FileManager.default.removeItem(at: home)
    }
}
