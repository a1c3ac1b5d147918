import Foundation
import Pipeline
import Testing

@testable import JobAPI

struct AuthenticationTests {
    @Test func `refuses everything but the health check without a key`() async throws {
        try await TestServer.run { server in
            for route in Route.table where route.access != .open {
                let path = route.template.replacing("{sha256}", with: String(repeating: "0", count: 64))
                    .replacing("{id}", with: UUID().uuidString)
                let reply = try await server.send(route.method, path, key: nil, body: route.body == .none ? nil : [])
                #expect(reply.status == 401, "\(route.method) \(path)")
                #expect(reply["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
                #expect(try reply.json()["code"] == "missing_token")
            }
            #expect(try await server.send("GET", "/nowhere", key: nil).status == 401)
            #expect(try await server.send("DELETE", "/v1/jobs", key: nil).status == 401)
            let health = try await server.send("GET", "/healthz", key: nil)
            #expect((health.status, health.text) == (200, #"{"status":"ok"}"#))
        }
    }

    @Test func `is closed when no key is configured`() async throws {
        try await TestServer.run(Setup { $0.keys = [] }) { server in
            let (jobs, health) = (try await server.send("GET", "/v1/jobs"), try await server.send("GET", "/healthz"))
            #expect((jobs.status, health.status) == (401, 200))
        }
    }

    @Test func `tells an unknown key from a missing one`() async throws {
        try await TestServer.run { server in
            for key in [
                "x", TestServer.key + "x", String(TestServer.key.dropLast()), String(repeating: "k", count: 600),
            ] {
                let reply = try await server.send("GET", "/v1/jobs", key: key)
                #expect(reply.status == 403)
                #expect(try reply.json()["code"] == "bad_token")
            }
            for value in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer  ", TestServer.key] {
                let reply = try await server.send("GET", "/v1/jobs", key: nil, ["Authorization": value])
                #expect(reply.status == 401 || reply.status == 403, "\(value)")
            }
            let small = try await server.send(
                "GET", "/v1/jobs", key: nil, ["authorization": "bearer \(TestServer.key)"])
            #expect(small.status == 200, "the scheme's case does not matter")
        }
    }

    @Test func `lets a key do what its scopes say`() async throws {
        try await TestServer.run { server in
            #expect(try await server.send("GET", "/v1/jobs", key: TestServer.readKey).status == 200)
            #expect(try await server.send("GET", "/v1/kinds", key: TestServer.readKey).status == 200)
            let reply = try await server.send("POST", "/v1/blobs", key: TestServer.readKey, body: [1])
            #expect(reply.status == 403)
            #expect(try reply.json()["code"] == "missing_scope")
            #expect(reply.text.contains("jobs:write"))
            #expect(server.blobs.counts.begun == 0)
        }
    }

    @Test func `keeps hashes, not keys`() throws {
        let key = try APIKey(plain: "abc", tenant: "t")
        #expect(key.hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try APIKey.find("abc", in: [key]) == key)
        #expect(try APIKey.find("abd", in: [key]) == nil)
        #expect(try APIKey.find("abc", in: [APIKey(hash: "short", tenant: "t")]) == nil)
    }
}
