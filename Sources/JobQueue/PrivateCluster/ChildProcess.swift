internal import Foundation
internal import Pipeline
internal import Processes

/// A program of PostgreSQL, started with a bare environment in a session of its own.
struct ChildProcess {
    private let program: ChildProgram

    /// - Parameters:
    ///   - arguments: the program's full path first.
    ///   - log: takes what the program prints; cut before.
    init(_ arguments: [String], log: URL) throws(Failure) {
        let output = open(log.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw Self.failure(log.path, String(cString: strerror(errno))) }
        defer { close(output) }
        let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]
        do throws(ChildProgram.NotStarted) {
            // PostgreSQL refuses to start in a folder that it can't enter, such as root's.
            program = try ChildProgram(
                arguments, environment: environment, directory: "/", descriptors: [nil, output, output], session: true)
        } catch {
            throw Self.failure(arguments.first ?? "", error.reason)
        }
    }

    var pid: Int32 { program.pid }

    private static func failure(_ what: String, _ why: String) -> Failure {
        Failure(
            .databaseUnavailable, "A program of PostgreSQL could not be started.", detail: "\(what): \(why)")
    }

    /// Waits for the end; whether it was a success.
    func succeeded() -> Bool { program.wait() == 0 }

    /// Takes the end whenever it comes, on a thread of its own, so that no zombie keeps the pid.
    func reapLater() {
        let program = program
        Thread.detachNewThread { _ = program.wait() }
    }
}
