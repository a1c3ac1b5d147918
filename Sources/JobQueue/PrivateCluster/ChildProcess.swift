internal import Foundation
internal import Pipeline

/// A program started with a bare environment, in a session of its own, with nothing of ours open.
struct ChildProcess {
    let pid: Int32

    /// - Parameters:
    ///   - arguments: the program's full path first.
    ///   - log: takes what the program prints; cut before.
    init(_ arguments: [String], log: URL) throws(Failure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Swift sees no closefrom action; closing what isn't open is no error.
        for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // Its own session, so that Ctrl-C on our terminal does not reach it.
        posix_spawnattr_setflags(
            &attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        // PostgreSQL refuses to start in a folder that it can't enter, such as root's.
        let arguments = ["/usr/bin/env", "--chdir=/"] + arguments
        let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        guard status == 0 else {
            throw Failure(
                .databaseUnavailable, "A program of PostgreSQL could not be started.",
                detail: "\(arguments[0]): \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    /// POSIX_SPAWN_SETSID, which the C header hides behind a feature test.
    private static let newSession: Int16 = 0x80

    /// Waits for the end; whether it was a success.
    func succeeded() -> Bool {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status == 0
    }

    /// Takes the end whenever it comes, on a thread of its own, so that no zombie keeps the pid.
    func reapLater() {
        let pid = pid
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
    }
}
