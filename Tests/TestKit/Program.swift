public import Foundation
internal import Processes

/// The built binary as its users run it: arguments in, exit code and texts out.
public final class Program: Sendable {
    /// `rundum` beside the running tests.
    public static let rundum: URL = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = own.map { URL(filePath: $0).deletingLastPathComponent().appending(path: "rundum") }
        if let beside, FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return Fixtures.root.appending(path: ".build/debug/rundum")
    }()

    public struct Outcome: Sendable {
        public let status: Int32
        public let out: String
        public let err: String

        public var outData: Data { Data(out.utf8) }
    }

    private let program: ChildProgram
    private let folder: TemporaryFolder
    private let ended: Task<Int32, Never>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - environment: over this process's own, or all there is if `bare`.
    ///   - input: its standard input; nothing if nil.
    public init(
        _ executable: URL = Program.rundum, _ arguments: [String], environment: [String: String] = [:],
        bare: Bool = false, directory: URL? = nil, input: FileHandle? = nil
    ) throws {
        folder = try TemporaryFolder()
        let out = try Self.sink(folder.url.appending(path: "out"))
        let err = try Self.sink(folder.url.appending(path: "err"))
        defer {
            try? out.close()
            try? err.close()
        }
        let program = try ChildProgram(
            [executable.path] + arguments,
            environment: bare ? environment : ProcessInfo.processInfo.environment.merging(environment) { $1 },
            directory: directory?.path,
            descriptors: [input?.fileDescriptor, out.fileDescriptor, err.fileDescriptor])
        self.program = program
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        Thread.detachNewThread {
            continuation.yield(ChildProgram.code(ofStatus: program.wait()))
            continuation.finish()
        }
        ended = Task {
            for await status in stream { return status }
            return -1
        }
    }

    private static func sink(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    /// Runs to the end.
    public static func run(
        _ arguments: [String], executable: URL = Program.rundum, environment: [String: String] = [:],
        directory: URL? = nil
    ) async throws -> Outcome {
        try await Program(executable, arguments, environment: environment, directory: directory).outcome()
    }

    public var pid: Int32 { program.pid }
    /// What it has said so far.
    public var out: String { text("out") }
    public var err: String { text("err") }

    public var isRunning: Bool { kill(pid, 0) == 0 }

    public func signal(_ number: Int32) { kill(pid, number) }

    public func outcome() async -> Outcome {
        let status = await ended.value
        return Outcome(status: status, out: text("out"), err: text("err"))
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)) ?? ""
    }

    /// The pids of the direct children, from /proc.
    public var children: [Int32] {
        let text = try? String(contentsOf: URL(filePath: "/proc/\(pid)/task/\(pid)/children"), encoding: .utf8)
        let listed = (text ?? "").split(separator: " ").compactMap { Int32($0.trimmingCharacters(in: .whitespaces)) }
        return listed.isEmpty ? Self.processes().filter { $0.parent == pid }.map(\.pid) : listed
    }

    private static func processes() -> [(pid: Int32, parent: Int32)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).compactMap { pid in
            guard let stat = try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8),
                let close = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[stat.index(after: close)...].split(separator: " ")
            return fields.count > 1 ? Int32(fields[1]).map { (pid, $0) } : nil
        }
    }
}
