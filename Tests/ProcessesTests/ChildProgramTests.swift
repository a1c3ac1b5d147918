import Foundation
import Testing

@testable import Processes

@Suite struct ChildProgramTests {
    private static func pipe() throws -> (read: FileHandle, write: FileHandle) {
        let pipe = Pipe()
        return (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    }

    private static func shell(_ script: String, _ descriptors: [Int32?]) throws -> ChildProgram {
        try ChildProgram(["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], descriptors: descriptors)
    }

    @Test func `a child holds nothing open that it was not given`() throws {
        let (read, write) = try Self.pipe()
        let sleeper = try Self.shell("exec sleep 600", [nil, nil, nil])
        defer {
            kill(sleeper.pid, SIGKILL)
            _ = sleeper.wait()
        }
        // Ends at once only if the sleeper has no copy of the writing end.
        try write.close()
        #expect(try read.readToEnd() == nil)
    }

    @Test func `children that start at once on many threads each end when they end`() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<16 {
                group.addTask {
                    let (read, write) = try Self.pipe()
                    let child = try Self.shell("echo \(number)", [nil, write.fileDescriptor, nil])
                    try write.close()
                    let said = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self)
                    #expect(child.wait() == 0)
                    return said
                }
            }
            let said = try await group.reduce(into: Set()) { $0.insert($1) }
            #expect(said == Set((0..<16).map { "\($0)\n" }))
        }
    }

    @Test func `descriptors arrive in their places, also those whose numbers are in the way`() throws {
        let (read, write) = try Self.pipe()
        var low: [Int32] = []
        while (low.last ?? 0) < 4 { low.append(dup(write.fileDescriptor)) }
        defer { for descriptor in low { close(descriptor) } }
        let child = try Self.shell(
            "echo three >&3; echo five >&5; ls /proc/self/fd | wc -l >&4",
            [nil, nil, nil, write.fileDescriptor, write.fileDescriptor, write.fileDescriptor])
        #expect(child.wait() == 0)
        for descriptor in low { close(descriptor) }
        low = []
        try write.close()
        let lines = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
        // ls has the folder that it reads open as well.
        #expect(lines == ["three", "five", "7"])
    }

    @Test(arguments: [("exit 3", 3), ("kill -9 $$", 137)])
    func `its code is as shells say it`(script: String, code: Int32) throws {
        #expect(ChildProgram.code(ofStatus: try Self.shell(script, [nil, nil, nil]).wait()) == code)
    }

    @Test func `it starts in its folder, with its variables only and in a session of its own`() throws {
        let (read, write) = try Self.pipe()
        let child = try ChildProgram(
            ["/bin/sh", "-c", "pwd; env | grep -c LONE; cut -d' ' -f6 /proc/$$/stat; echo $$"],
            environment: ["LONE": "1"],
            directory: "/usr", descriptors: [nil, write.fileDescriptor, nil], session: true)
        try write.close()
        let lines = String(decoding: try read.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
        _ = child.wait()
        #expect(lines == ["/usr", "1", "\(child.pid)", "\(child.pid)"])
    }

    @Test func `what can't be started is said in the system's words`() {
        let refusal = #expect(throws: ChildProgram.NotStarted.self) {
            try ChildProgram(["/no/such/program"], environment: [:])
        }
        #expect(refusal?.reason == "No such file or directory")
    }
}
