import Foundation
import JobQueue
import Pipeline
import Storage
import TestKit
import Testing

@testable import JobAPI

/// The API on what it ships with: PostgreSQL and a directory, with the test as the worker.
struct RealStoreTests {
    private func send(
        _ server: JobAPIServer, _ method: String, _ path: String, key: String = TestServer.key,
        _ headers: [String: String] = [:], body: String? = nil
    ) async throws -> HTTPReply {
        let wire = try Wire(port: try #require(server.port))
        let head = TestServer.head(method, path, key: key, headers, length: body?.utf8.count)
        try await wire.send(head + Array((body ?? "").utf8))
        return try await wire.reply()
    }

    @Test func `takes photos in, and gives a worker's result out`() async throws {
        let database = try await TestDatabase.fresh()
        let folder = try TemporaryFolder()
        let blobs = try DirectoryBlobStore(root: folder.url)
        var configuration = JobAPIConfiguration(
            port: 0,
            keys: [
                try APIKey(plain: TestServer.key, tenant: "acme"),
                try APIKey(plain: TestServer.otherKey, tenant: "other"),
            ])
        configuration.limits.watchSeconds = 0.01
        var registry = StageRegistry()
        registry.register(PaintStage())
        registry.register(CollageStage())
        let server = JobAPIServer(
            configuration: configuration, intake: database.store, control: database.store, library: database.store,
            blobs: blobs, registry: registry, workflows: [.pairing])
        try server.start()
        do { try await follow(server, database.store, blobs, folder) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func follow(
        _ server: JobAPIServer, _ store: PostgresJobStore, _ blobs: DirectoryBlobStore, _ folder: TemporaryFolder
    ) async throws {
        #expect(try await send(server, "GET", "/readyz").status == 200)
        var photos: [String] = []
        for text in ["front", "rear"] {
            let reply = try await send(server, "POST", "/v1/blobs", body: text)
            #expect(reply.status == 201)
            photos.append(try #require(try reply.json()["sha256"]?.stringValue))
        }
        let again = try await send(server, "PUT", "/v1/blobs/\(photos[0])", body: "front")
        #expect(again.status == 200)
        let request =
            #"{"name":"pairing","subject":"VIN 1","inputs":[{"sha256":"\#(photos[0])"},{"sha256":"\#(photos[1])"}]}"#
        let json = ["Content-Type": "application/json", "Idempotency-Key": "order-1"]
        let foreign = try await send(server, "POST", "/v1/workflows", key: TestServer.otherKey, json, body: request)
        #expect(foreign.status == 404)
        let created = try await send(server, "POST", "/v1/workflows", json, body: request)
        #expect(created.status == 202, "\(created.text)")
        let replayed = try await send(server, "POST", "/v1/workflows", json, body: request)
        #expect(replayed["Idempotency-Replayed"] == "true")
        #expect(replayed["Location"] == created["Location"])
        let other = request.replacing("VIN 1", with: "VIN 2")
        #expect(try await send(server, "POST", "/v1/workflows", json, body: other).status == 422)
        let address = try #require(created["Location"])

        let waiting = try Wire(port: try #require(server.port))
        let tag = try #require(try await send(server, "GET", address)["ETag"])
        try await waiting.send(TestServer.head("GET", "\(address)?wait=30", ["If-None-Match": tag]))
        try await work(through: store, blobs, folder)
        #expect(try await waiting.reply().status == 200)

        let workflow = try await send(server, "GET", address).json()
        #expect((workflow["state"], workflow["counts"]) == ("succeeded", ["succeeded": 3]))
        #expect(workflow["progress"]?["fraction"] == 1)
        let collage = try #require(workflow["jobs"]?.arrayValue?.first { $0["label"] == "collage" })
        let url = try #require(collage["outputs"]?["image"]?["url"]?.stringValue)
        #expect(try await send(server, "GET", url).text == "image of collage")
        #expect(try await send(server, "GET", url, key: TestServer.otherKey).status == 404)
        let id = try #require(collage["id"]?.stringValue)
        #expect(try await send(server, "POST", "/v1/jobs/\(id)/retry").status == 409)
        let page = try await send(server, "GET", "/v1/jobs?subject=VIN%201&limit=2").json()
        #expect(page["jobs"]?.arrayValue?.count == 2)
        let next = try #require(page["next"]?.stringValue)
        let rest = try await send(server, "GET", "/v1/jobs?subject=VIN%201&limit=2&cursor=\(next)").json()
        #expect((rest["jobs"]?.arrayValue?.count, rest["next"]) == (1, .null))
        #expect(try await send(server, "GET", "/v1/jobs?cursor=nonsense").status == 422)
        let statuses = try await send(
            server, "POST", "/v1/jobs/status", ["Content-Type": "application/json"],
            body: #"{"ids":["\#(id)","\#(UUID())"]}"#)
        #expect(try statuses.json()["missing"]?.arrayValue?.count == 1)
    }

    /// Completes every job with one output of its own.
    private func work(
        through store: PostgresJobStore, _ blobs: DirectoryBlobStore, _ folder: TemporaryFolder
    ) async throws {
        let worker = try await store.register(.current, lease: .seconds(60))
        while true {
            let claims = try await store.claim(worker, kinds: ["paint", "collage"], limit: 10)
            if claims.isEmpty { break }
            for claim in claims {
                let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
                try Data("image of \(claim.label ?? "")".utf8).write(to: file)
                let blob = try blobs.put(file: file, move: true)
                let output = OutputFile(
                    file: "image.png", sha256: blob.sha256, bytes: blob.bytes, mediaType: "image/png")
                let result = StageResult(kind: claim.request.kind, version: 1, outputs: ["image": output])
                let accepted = try await store.complete(claim, result: result, cacheKey: "\(claim.job)", cached: false)
                #expect(accepted)
            }
        }
        try await store.deregister(worker)
    }
}
