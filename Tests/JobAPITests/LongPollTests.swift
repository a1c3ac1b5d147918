import Foundation
import Pipeline
import Testing

@testable import JobAPI

struct LongPollTests {
    @Test func `answers as soon as the job changes`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let before = await server.intake.lookups
            let wire = try server.wire()
            try await wire.send(TestServer.head("GET", "/v1/jobs/\(id)?wait=20"))
            try await until("the server looks again") { await server.intake.lookups > before + 1 }
            await server.intake.update(id) { $0.state = .running }
            let reply = try await wire.reply()
            #expect(reply.status == 200)
            #expect(try reply.json()["state"] == "running")
        }
    }

    @Test func `says 304 when the time is up and nothing changed`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let tag = try #require(try await server.send("GET", "/v1/jobs/\(id)")["ETag"])
            let start = ContinuousClock.now
            let same = try await server.send("GET", "/v1/jobs/\(id)?wait=1", ["If-None-Match": tag])
            #expect(same.status == 304)
            #expect(ContinuousClock.now - start >= .seconds(1))
        }
    }

    @Test func `does not wait for what can't change or has changed`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let start = ContinuousClock.now
            #expect(try await server.send("GET", "/v1/jobs/\(id)?wait=60", ["If-None-Match": "\"old\""]).status == 200)
            #expect(try await server.send("GET", "/v1/jobs/\(id)?wait=0").status == 200)
            await server.intake.update(id) { $0.state = .failed }
            #expect(try await server.send("GET", "/v1/jobs/\(id)?wait=60").status == 200)
            #expect(ContinuousClock.now - start < .seconds(55))
            for wait in ["61", "-1", "soon", ""] {
                #expect(try await server.send("GET", "/v1/jobs/\(id)?wait=\(wait)").status == 400)
            }
        }
    }

    @Test func `keeps many callers waiting without a thread or a query each`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let wires = try (0..<100).map { _ in try server.wire() }
            for wire in wires { try await wire.send(TestServer.head("GET", "/v1/jobs/\(id)?wait=30")) }
            #expect(try await server.send("GET", "/healthz", key: nil).status == 200)
            try await until("all have asked once") { await server.intake.lookups >= 100 }
            let before = await server.intake.lookups
            try await until("ten looks pass") { await server.intake.lookups >= before + 10 }
            await server.intake.update(id) { $0.state = .succeeded }
            for wire in wires { #expect(try await wire.reply().status == 200) }
        }
    }

    @Test func `waits through an outage of the queue`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let wire = try server.wire()
            try await wire.send(TestServer.head("GET", "/v1/jobs/\(id)?wait=30"))
            let before = await server.intake.lookups
            try await until("it waits") { await server.intake.lookups > before + 1 }
            await server.intake.fail(with: Failure(.databaseUnavailable, "Away."))
            try await Task.sleep(for: .milliseconds(30))
            await server.intake.fail(with: nil)
            await server.intake.update(id) { $0.state = .running }
            #expect(try await wire.reply().status == 200)
        }
    }

    @Test func `waits for a workflow as a whole`() async throws {
        try await TestServer.run { server in
            let (id, jobs) = try await server.enqueueWorkflow()
            let wire = try server.wire()
            let before = await server.intake.lookups
            try await wire.send(TestServer.head("GET", "/v1/workflows/\(id)?wait=20"))
            try await until("it waits") { await server.intake.lookups > before + 1 }
            await server.intake.update(jobs[0]) { $0.state = .running }
            let reply = try await wire.reply()
            #expect(try reply.json()["state"] == "running")
        }
    }
}

extension TestServer {
    /// A workflow of two photos, and its jobs in order.
    func enqueueWorkflow() async throws -> (UUID, [UUID]) {
        let (a, b) = (try await upload("photo a"), try await upload("photo b"))
        let reply = try await send(
            "POST", "/v1/workflows",
            json: #"{"name":"pairing","subject":"car","inputs":[{"sha256":"\#(a)"},{"slot":"rear","sha256":"\#(b)"}]}"#)
        try #require(reply.status == 202, "\(reply.text)")
        let workflow = try reply.json()
        let jobs = (workflow["jobs"]?.arrayValue ?? []).compactMap {
            $0["id"]?.stringValue.flatMap { UUID(uuidString: $0) }
        }
        return (try #require(workflow["id"]?.stringValue.flatMap { UUID(uuidString: $0) }), jobs)
    }
}
