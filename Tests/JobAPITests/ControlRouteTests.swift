import Foundation
import JobQueue
import Pipeline
import Testing

@testable import JobAPI

/// What reviewers and operators ask for, and who may.
struct ControlRouteTests {
    private func waiting(_ server: TestServer, _ flag: ReviewFlag? = nil) async throws -> UUID {
        let id = try await server.enqueue()
        await server.intake.update(id) { job in
            job.state = .review
            job.result = StageResult(kind: "paint", version: 3, review: [flag].compactMap(\.self))
        }
        return id
    }

    @Test func `a person approves or rejects a job in review`() async throws {
        try await TestServer.run { server in
            let good = try await waiting(server)
            let approved = try await server.send("POST", "/v1/jobs/\(good)/approve")
            #expect(approved.status == 200, "\(approved.text)")
            #expect(try approved.json()["state"] == "succeeded")
            #expect(approved["ETag"] != nil)
            #expect(try await server.send("POST", "/v1/jobs/\(good)/approve").status == 409)

            let bad = try await waiting(server)
            let rejected = try await server.send(
                "POST", "/v1/jobs/\(bad)/reject", json: #"{"reason": "The plate shows."}"#)
            #expect(rejected.status == 200, "\(rejected.text)")
            #expect(try rejected.json()["state"] == "failed")
            #expect(try rejected.json()["failure"]?["summary"] == "The plate shows.")
            let other = try await waiting(server)
            #expect(try await server.send("POST", "/v1/jobs/\(other)/reject", json: "{}").status == 200)
        }
    }

    @Test func `a job that asks something shows its answers and takes one`() async throws {
        try await TestServer.run { server in
            let flag = ReviewFlag(
                code: "plate_uncertain", summary: "A place may be a plate.",
                answers: ["cover": ["cover": "0123456789ab"], "approve": ["approve": "0123456789ab"]])
            let id = try await waiting(server, flag)
            let shown = try await server.send("GET", "/v1/jobs/\(id)").json()
            #expect(shown["review"]?.arrayValue?.first?["answers"] == ["approve", "cover"])
            let answered = try await server.send("POST", "/v1/jobs/\(id)/approve", json: #"{"answer": "cover"}"#)
            #expect((answered.status, try answered.json()["state"]) == (200, "queued"))
            let strange = try await server.send("POST", "/v1/jobs/\(id)/approve", json: #"{"answer": 5}"#)
            #expect(strange.status == 422 && strange.text.contains("/answer"))
        }
    }

    @Test func `only a key that may review decides, and only about its tenant's jobs`() async throws {
        try await TestServer.run { server in
            let id = try await waiting(server)
            for path in ["approve", "reject"] {
                let refused = try await server.send(
                    "POST", "/v1/jobs/\(id)/\(path)", key: TestServer.writeKey, json: "{}")
                #expect(refused.status == 403)
                #expect(refused.text.contains("jobs:review"))
                let foreign = try await server.send(
                    "POST", "/v1/jobs/\(id)/\(path)", key: TestServer.otherKey, json: "{}")
                #expect(foreign.status == 404)
            }
            let strange = try await server.send("POST", "/v1/jobs/\(id)/reject", json: #"{"why": "x"}"#)
            #expect(strange.status == 422 && strange.text.contains("/why"))
        }
    }

    @Test func `an operator pauses a lane and lets it go on`() async throws {
        try await TestServer.run { server in
            let paused = try await server.send("POST", "/v1/queues/bulk/pause", key: TestServer.adminKey)
            #expect((paused.status, paused.text) == (200, #"{"name":"bulk","paused":true}"#))
            #expect(await server.intake.paused == [.bulk])
            let both = try await server.send("GET", "/v1/queues", key: TestServer.adminKey)
            #expect(both.text == #"{"queues":[{"name":"live","paused":false},{"name":"bulk","paused":true}]}"#)
            #expect(try await server.send("GET", "/v1/queues").status == 403)
            let open = try await server.send("POST", "/v1/queues/bulk/resume", key: TestServer.adminKey)
            #expect((open.status, open.text) == (200, #"{"name":"bulk","paused":false}"#))
            #expect(await server.intake.paused.isEmpty)
            let none = try await server.send("POST", "/v1/queues/fast/pause", key: TestServer.adminKey)
            #expect(none.status == 404 && none.text.contains("live and bulk"))
            #expect(try await server.send("POST", "/v1/queues/live/pause").status == 403)
        }
    }

    @Test func `an operator limits a tenant and frees it`() async throws {
        try await TestServer.run { server in
            func put(_ json: String, key: String = TestServer.adminKey) async throws -> HTTPReply {
                try await server.send("PUT", "/v1/limits", key: key, json: json)
            }
            let set = try await put(#"{"tenant": "shop 1", "running": 0, "perMinute": 90.5, "burst": 3}"#)
            #expect(set.status == 200, "\(set.text)")
            #expect(try set.json()["perMinute"] == 90.5)
            #expect(await server.intake.limits["shop 1"] == TenantLimits(maxRunning: 0, perMinute: 90.5, burst: 3))
            #expect(try await put(#"{"tenant": "a", "running": 1}"#).status == 200)
            let listed = try await server.send("GET", "/v1/limits", key: TestServer.adminKey)
            #expect(
                listed.text == #"""
                    {"limits":[{"tenant":"a","running":1,"perMinute":null,"burst":1},\#
                    {"tenant":"shop 1","running":0,"perMinute":90.5,"burst":3}]}
                    """#)
            #expect(try await server.send("GET", "/v1/limits").status == 403)
            #expect(try await put(#"{"tenant": "a"}"#).status == 200)
            #expect(try await put(#"{"tenant": "shop 1"}"#).status == 200)
            #expect(await server.intake.limits.isEmpty)
            for wrong in [
                "{}", #"{"tenant": ""}"#, #"{"tenant": "a", "running": -1}"#, #"{"tenant": "a", "perMinute": 0}"#,
                #"{"tenant": "a", "burst": 2}"#, #"{"tenant": "a", "running": 1.5}"#, #"{"tenant": "a", "max": 1}"#,
            ] {
                #expect(try await put(wrong).status == 422, "\(wrong)")
            }
            #expect(try await put(#"{"tenant": "a", "running": 1}"#, key: TestServer.key).status == 403)
        }
    }

    @Test func `a key of a tenant is no operator's unless it is said`() throws {
        #expect(try !APIKey(plain: "x", tenant: "t").scopes.contains(.queuesAdmin))
    }
}
