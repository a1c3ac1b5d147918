import Foundation
import Pipeline
import Testing

@testable import JobAPI

struct ServerLifecycleTests {
    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "127.evil.example", "localhost", ""])
    func `does not listen where others could reach it, unless told`(address: String) throws {
        let server = try TestServer { $0.address = address }
        #expect(throws: Failure.self) { try server.server.start() }
        #expect(server.server.port == nil)
    }

    @Test func `listens elsewhere when told`() async throws {
        try await TestServer.run(
            Setup {
                $0.address = "0.0.0.0"
                $0.allowsOutsideAccess = true
            }
        ) { server in
            let reply = try await server.send("GET", "/healthz", key: nil)
            #expect(reply.status == 200)
        }
    }

    @Test func `says that a port is taken`() async throws {
        try await TestServer.run { server in
            let second = try TestServer { $0.port = server.port }
            let failure = #expect(throws: Failure.self) { try second.server.start() }
            #expect(failure?.summary.contains("\(server.port)") == true)
        }
    }

    @Test func `answers callers who wait, and ends`() async throws {
        let server = try TestServer { _ in }
        try server.server.start()
        let id = try await server.enqueue()
        let waiting = try (0..<5).map { _ in try server.wire() }
        for wire in waiting { try await wire.send(TestServer.head("GET", "/v1/jobs/\(id)?wait=60")) }
        let before = await server.intake.lookups
        try await until("they wait") { await server.intake.lookups > before + 5 }
        let port = server.port
        let start = ContinuousClock.now
        await server.server.stop()
        #expect(ContinuousClock.now - start < .seconds(30))
        for wire in waiting { #expect(try await wire.reply().status == 200) }
        #expect(server.server.port == nil)
        #expect(throws: Wire.Broken.self) { try Wire(port: port) }
        await server.server.stop()
    }

    @Test func `ends with a half-sent upload and a slow store`() async throws {
        let server = try TestServer { $0.limits.drainSeconds = 0.1 }
        try server.server.start()
        server.blobs.gate.wait()
        let wire = try server.wire()
        try await wire.send(TestServer.head("POST", "/v1/blobs", length: 4_000_000))
        async let sent: Void? = try? wire.send([UInt8](repeating: 1, count: 3_000_000))
        try await until("the upload begins") { server.blobs.counts.begun == 1 }
        await server.server.stop()
        server.blobs.gate.signal()
        _ = await sent
        try await until("nothing half-written stays") { server.blobs.counts.open == 0 }
        #expect(server.blobs.counts.committed == 0)
    }

    @Test func `tells of each request once`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            _ = try await server.send("GET", "/v1/jobs/\(id)")
            _ = try await server.send("GET", "/v1/jobs", key: "wrong")
            let records = server.records.list.suffix(2)
            #expect(records.map(\.route) == ["/v1/jobs/{id}", nil])
            #expect(records.map(\.status) == [200, 403])
            #expect(records.map(\.tenant) == ["acme", nil])
            #expect(records.allSatisfy { $0.seconds >= 0 && $0.method == "GET" })
        }
    }
}
