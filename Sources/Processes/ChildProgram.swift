internal import CProcess
internal import Glibc

/// A program that this process started, with nothing of ours open but what it was given.
///
/// In place of Foundation's `Process`, which may wait for ever for a child while another thread starts one.
package struct ChildProgram: Sendable {
    package let pid: Int32

    /// Why a program could not be started, in the system's words.
    package struct NotStarted: Error {
        package let reason: String
    }

    /// - Parameters:
    ///   - command: the program's path first.
    ///   - directory: where it starts; ours if nil.
    ///   - descriptors: its 0, 1, 2 and so on; nil is /dev/null. They stay open here.
    ///   - session: in a session of its own, so that Ctrl-C on our terminal does not reach it; else in a process group
    ///     of its own.
    package init(
        _ command: [String], environment: [String: String], directory: String? = nil,
        descriptors: [Int32?] = [nil, nil, nil], session: Bool = false
    ) throws(NotStarted) {
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        let given = descriptors.map { $0 ?? -1 }
        var child: pid_t = 0
        let error = cprocess_start(
            &arguments, &variables, directory, given, Int32(clamping: given.count), session, &child)
        guard error == 0 else { throw NotStarted(reason: String(cString: strerror(error))) }
        pid = child
    }

    /// Waits for the end. Its status is as `waitpid` gives it. Only once.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// The exit code, or 128 and the signal's number, as shells say it.
    package static func code(ofStatus status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
