import Foundation
import JobQueue
import Pipeline
import Storage
import Synchronization
import TestKit
import Testing

@testable import JobAPI

/// A server on a free port with a queue and a blob store in memory, and a client beside it.
struct TestServer {
    static let key = "test-key-of-acme"
    static let otherKey = "test-key-of-other"
    static let adminKey = "test-key-of-an-operator"
    static let readKey = "test-key-read-only"
    /// May do all but be told what is guarded.
    static let writeKey = "test-key-without-secrets"

    let intake = MemoryIntake()
    let blobs: MemoryBlobs
    let server: JobAPIServer
    let records = Records()

    final class Records: Sendable {
        private let all = Mutex<[RequestRecord]>([])
        func add(_ record: RequestRecord) { all.withLock { $0.append(record) } }
        var list: [RequestRecord] { all.withLock(\.self) }
    }

    static func run(
        _ setup: Setup = Setup { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(setup.change)
        try server.server.start()
        do { try await body(server) } catch {
            await server.server.stop()
            throw error
        }
        await server.server.stop()
    }

    init(_ configure: (inout JobAPIConfiguration) -> Void) throws {
        var configuration = JobAPIConfiguration(
            port: 0,
            keys: [
                try APIKey(plain: Self.key, tenant: "acme"),
                try APIKey(plain: Self.adminKey, tenant: "acme", scopes: [.queuesAdmin]),
                try APIKey(plain: Self.otherKey, tenant: "other"),
                try APIKey(plain: Self.readKey, tenant: "acme", scopes: [.jobsRead]),
                try APIKey(plain: Self.writeKey, tenant: "acme", scopes: [.jobsRead, .jobsWrite]),
            ])
        configuration.limits.watchSeconds = 0.01
        // A test that is about time sets its own; the others may run on a machine that has no time for them.
        configuration.limits.headerSeconds = 240
        configuration.limits.idleSeconds = 240
        configuration.limits.transferSeconds = 240
        configuration.limits.drainSeconds = 5
        configuration.onRequest = { [records] in records.add($0) }
        configure(&configuration)
        blobs = try MemoryBlobs()
        var registry = StageRegistry()
        registry.register(PaintStage())
        registry.register(CollageStage())
        registry.register(StandStage())
        registry.register(ConfideStage())
        server = JobAPIServer(
            configuration: configuration, intake: intake, control: intake,
            library: MemoryLibrary { [intake] blob, tenant in
                (try? await intake.owns(blob: blob, tenant: tenant)) ?? false
            }, blobs: blobs, registry: registry, workflows: [.pairing, .standing], recipes: [.shipped])
    }

    var port: UInt16 { server.port ?? 0 }

    func wire() throws -> Wire { try Wire(port: port) }

    /// One request on a connection of its own.
    func send(
        _ method: String, _ path: String, key: String? = TestServer.key, _ headers: [String: String] = [:],
        body: [UInt8]? = nil
    ) async throws -> HTTPReply {
        let wire = try wire()
        try await wire.send(Self.head(method, path, key: key, headers, length: body?.count) + (body ?? []))
        return try await wire.reply(isHead: method == "HEAD")
    }

    func send(
        _ method: String, _ path: String, key: String? = TestServer.key, _ headers: [String: String] = [:], json: String
    ) async throws -> HTTPReply {
        let type = ["Content-Type": "application/json"].merging(headers) { $1 }
        return try await send(method, path, key: key, type, body: Array(json.utf8))
    }

    static func head(
        _ method: String, _ path: String, key: String? = TestServer.key, _ headers: [String: String] = [:],
        length: Int? = nil
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"]
        if let key { lines.append("Authorization: Bearer \(key)") }
        if let length { lines.append("Content-Length: \(length)") }
        lines += headers.map { "\($0.key): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Uploads bytes and gives their name.
    func upload(_ text: String, key: String = TestServer.key) async throws -> String {
        let reply = try await send("POST", "/v1/blobs", key: key, body: Array(text.utf8))
        return try #require(try reply.json()["sha256"]?.stringValue)
    }

    /// Enqueues a `paint` job on a fresh blob and gives its id.
    func enqueue(_ members: String = "", key: String = TestServer.key) async throws -> UUID {
        let sha256 = try await upload("a picture", key: key)
        let reply = try await send(
            "POST", "/v1/jobs", key: key, json: #"{"kind":"paint","inputs":[{"sha256":"\#(sha256)"}]\#(members)}"#)
        try #require(reply.status == 202, "\(reply.text)")
        return try #require(try reply.json()["id"]?.stringValue.flatMap { UUID(uuidString: $0) })
    }
}

/// What a test wants to be different.
struct Setup {
    let change: (inout JobAPIConfiguration) -> Void
    init(_ change: @escaping (inout JobAPIConfiguration) -> Void) { self.change = change }
}

/// Waits for what another thread brings about; the limit is there for broken code, not for slow machines.
func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
    try #require(try await eventually(condition), what)
}
