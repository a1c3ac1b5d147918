import Foundation
import Pipeline
import TestKit
import Testing

@testable import Worker

/// The executor's side of the channel, in this process: the test is the supervisor.
@Suite(.timeLimit(.minutes(2))) struct ExecutorSessionTests {
    private let folder: TemporaryFolder
    private let supervisor: MessageChannel
    private let session: ExecutorSession
    private let hungUp = OneShot<Bool>()

    init() throws {
        folder = try TemporaryFolder()
        let ends = try MessageChannel.pair()
        supervisor = ends.ours
        session = ExecutorSession(
            registry: FixtureRegistry.registry, channel: MessageChannel(adopting: ends.theirs),
            hungUp: { [hungUp] in hungUp.set(true) })
    }

    @Test func `greets, works, reports and ends with the supervisor`() async throws {
        let life = Task { await session.run() }
        #expect(try await next() == .hello(version: ExecutorMessage.version, pid: getpid()))
        try supervisor.send(SupervisorMessage.warm(kinds: ["echo", "none"]))
        try supervisor.send(SupervisorMessage.run(order: order("echo", ["text": "review"])))
        #expect(try await next() == .progress(attempt: 7, fraction: 0, step: "listening"))
        guard case .emit(7, let note) = try await next() else { throw Unexpected() }
        #expect(note.name == "text" && note.path == "text" && note.mediaType == "text/plain" && note.width == 2)
        #expect(note.file.hasPrefix(folder.url.path + "/"))
        guard case .review(7, let flag) = try await next() else { throw Unexpected() }
        #expect(flag.code == "looks_odd")
        #expect(try await next() == .log(attempt: 7, message: "echoed"))
        // A second report within a tenth of a second would be for nobody.
        #expect(try await next() == .done(attempt: 7, data: ["text": "review", "names": []]))
        supervisor.hangUp()
        #expect(await hungUp.wait())
        await life.value
    }

    @Test func `a cancel reaches the running attempt and no other`() async throws {
        let life = Task { await session.run() }
        _ = try await next()
        try supervisor.send(SupervisorMessage.run(order: order("gate", ["folder": .string(folder.url.path)])))
        #expect(try await next() == .progress(attempt: 7, fraction: 0.5, step: "waiting"))
        try supervisor.send(SupervisorMessage.cancel(attempt: 8))
        try supervisor.send(SupervisorMessage.cancel(attempt: 7))
        var message = try await next()
        while case .progress = message { message = try await next() }
        #expect(message == .failed(attempt: 7, failure: Failure(.cancelled, "The job was cancelled.")))
        supervisor.hangUp()
        await life.value
    }

    @Test func `a kind that it does not have is a failure`() async throws {
        let life = Task { await session.run() }
        _ = try await next()
        try supervisor.send(SupervisorMessage.run(order: order("juggle")))
        guard case .failed(7, let failure) = try await next() else { throw Unexpected() }
        #expect(failure.code == .unknownKind)
        supervisor.hangUp()
        await life.value
    }

    @Test(arguments: [
        ("../text", "text", "inside"), ("text", "/etc/passwd", "inside"), ("text", "text", "outside"),
        ("text", "a\\b", "inside"), ("", "text", "inside"),
    ])
    func `outputs that a supervisor would not take are refused`(name: String, path: String, place: String) throws {
        let sink = ExecutorSink(attempt: 7, scratch: folder.url.appending(path: "scratch"), channel: supervisor)
        let file = folder.url.appending(path: place == "inside" ? "scratch/x" : "scratch/../x")
        let failure = #expect(throws: Failure.self) {
            try sink.emit(EmittedFile(name: name, path: path, file: file, mediaType: "text/plain"))
        }
        #expect(failure?.code == .internalError)
    }

    private struct Unexpected: Error {}

    /// Reading blocks, so it happens outside of the pool.
    private func next() async throws -> ExecutorMessage {
        let message = try await blocking { [supervisor] () throws(Failure) in
            try supervisor.receive(ExecutorMessage.self)
        }
        return try #require(message)
    }

    private func order(_ kind: Kind, _ options: JSONValue = [:]) -> RunOrder {
        RunOrder(
            attempt: 7, kind: kind, options: options, inputs: [], scratch: folder.url.path,
            budget: Budget(pixels: 0, bytes: 1 << 30, wallSeconds: 60))
    }
}
