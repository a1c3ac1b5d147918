import Foundation
import JobQueue
import Pipeline
import Testing

/// This test program again, as a process that opens a cluster and holds it until its input ends.
final class ClusterProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var text = ""

    /// - Parameter user: through setpriv, or nil for the same.
    init(home: URL, user: String? = nil) throws {
        let program = ["/proc/self/exe", CommandLine.arguments[0]].map { URL(filePath: $0).resolvingSymlinksInPath() }
        let arguments = [
            program[0].path, "--testing-library", "swift-testing", "--filter", "ClusterChild/",
        ]
        let drop = user.map { ["/usr/bin/setpriv", "--reuid=\($0)", "--regid=nogroup", "--clear-groups"] } ?? []
        let command = drop + arguments
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = [
            "PATH": "/usr/bin:/bin", "RUNDUM_TEST_CLUSTER": home.path, "LLVM_PROFILE_FILE": "/dev/null",
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
        process.currentDirectoryURL = URL(filePath: "/")
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// Waits until the child says that it is ready; throws with what it said when it ends before.
    func waitUntilReady() throws {
        while !text.contains("cluster is open") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(.workerLost, "The child ended.", detail: text) }
            text += String(decoding: more, as: UTF8.self)
        }
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Lets the child close the cluster, and waits for its end.
    func finish() {
        try? input.fileHandleForWriting.close()
        _ = try? output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
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
