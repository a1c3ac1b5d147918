internal import CProcess
internal import Foundation
internal import Glibc
public import Pipeline

/// The executor's side: what the hidden command `rundum execute` runs.
public enum ExecutorMain {
    /// The descriptor that the supervisor left its channel at.
    static let channelNumber: Int32 = 3

    /// Serves attempts until the supervisor hangs up or dies; the process ends then, also in the middle of a C++ call.
    ///
    /// - Returns: an exit status, only when there is no supervisor: 2.
    public static func run(registry: StageRegistry) async -> Int32 {
        var status = stat()
        guard fstat(channelNumber, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            Log.standardError("This command is started by a worker, not by hand.")
            return 2
        }
        _ = fcntl(channelNumber, F_SETFD, FD_CLOEXEC)
        signal(SIGPIPE, SIG_IGN)
        ProcessHeap.share()
        cprocess_tune_malloc()
        // When the machine runs out of memory, this process goes before its supervisor and the database.
        try? Data("800".utf8).write(to: URL(filePath: "/proc/self/oom_score_adj"))
        let session = ExecutorSession(
            registry: registry, channel: MessageChannel(adopting: channelNumber), hungUp: { _exit(0) })
        await session.run()
        return 0
    }
}
