import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

/// This test program again, as a process that opens a cluster and holds it until its input ends.
final class ClusterProcess {
    private let program: Program
    private let input = Pipe()

    /// - Parameter user: through setpriv, or nil for the same.
    init(home: URL, user: String? = nil) throws {
        let own = ["/proc/self/exe", CommandLine.arguments[0]].map { URL(filePath: $0).resolvingSymlinksInPath() }
        let arguments = [own[0].path, "--testing-library", "swift-testing", "--filter", "ClusterChild/"]
        let drop = user.map { ["/usr/bin/setpriv", "--reuid=\($0)", "--regid=nogroup", "--clear-groups"] } ?? []
        let command = drop + arguments
        let environment = [
            "PATH": "/usr/bin:/bin", "RUNDUM_TEST_CLUSTER": home.path, "LLVM_PROFILE_FILE": "/dev/null",
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
        program = try Program(
            URL(filePath: command[0]), Array(command.dropFirst()), environment: environment, bare: true,
            directory: URL(filePath: "/"), input: input.fileHandleForReading)
    }

    /// Waits until the child says that it is ready; throws with what it said when it does not.
    func waitUntilReady() async throws {
        guard await eventually({ program.out.contains("cluster is open") || !program.isRunning }),
            program.out.contains("cluster is open")
        else { throw Failure(.workerLost, "The child ended.", detail: program.out + program.err) }
    }

    func kill() async {
        program.signal(SIGKILL)
        _ = await program.outcome()
    }

    /// Lets the child close the cluster, and waits for its end.
    func finish() async {
        try? input.fileHandleForWriting.close()
        _ = await program.outcome()
    }
}

/// What `ClusterProcess` runs; not a test of its own.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["RUNDUM_TEST_CLUSTER"] != nil, "runs in a child only"))
struct ClusterChild {
    @Test func `opens a cluster until input ends`() async throws {
        let home = URL(filePath: ProcessInfo.processInfo.environment["RUNDUM_TEST_CLUSTER"] ?? "")
        let cluster = try PrivateCluster.open(home: home, settings: ["fsync": "off"], durable: false)
        try await Database(url: cluster.url).ping()
        try FileHandle.standardOutput.write(contentsOf: Data("cluster is open\n".utf8))
        _ = try FileHandle.standardInput.readToEnd()
        cluster.close()
    }
}
