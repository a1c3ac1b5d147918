import Foundation
import JobQueue
import Pipeline
import Testing

@testable import JobAPI

struct JobRouteTests {
    @Test func `enqueues a job with its options completed`() async throws {
        try await TestServer.run { server in
            let sha256 = try await server.upload("photo")
            let reply = try await server.send(
                "POST", "/v1/jobs",
                json: """
                    {"kind": "paint", "options": {"colour": "blue"}, "priority": 0, "subject": "VIN 1",
                     "inputs": [{"slot": "front", "name": "IMG 1.jpg", "sha256": "\(sha256)"}],
                     "runAt": "2026-11-21T08:00:00.5+02:00"}
                    """)
            #expect(reply.status == 202)
            let job = try reply.json()
            let id = try #require(job["id"]?.stringValue)
            #expect(reply["Location"] == "/v1/jobs/\(id)")
            #expect(job["url"] == .string("/v1/jobs/\(id)"))
            #expect(job["options"] == ["colour": "blue", "strength": 0.5])
            #expect(job["inputs"] == [["slot": "front", "name": "IMG 1.jpg", "sha256": .string(sha256)]])
            #expect((job["priority"], job["subject"]) == (0, "VIN 1"))
            #expect(job["runAt"] == "2026-11-21T06:00:00.500Z")
            #expect(job["createdAt"] == "2027-01-15T08:00:00.250Z")
            for absent in ["outputs", "failure", "workflow", "startedAt", "finishedAt", "data"] {
                #expect(job[absent] == .null, "\(absent) is there, and null")
            }
        }
    }

    @Test func `does once what is sent twice with one key`() async throws {
        try await TestServer.run { server in
            let sha256 = try await server.upload("photo")
            let key = ["Idempotency-Key": "order-1"]
            func body(_ colour: String) -> String {
                #"{"kind":"paint","options":{"colour":"\#(colour)"},"inputs":[{"sha256":"\#(sha256)"}]}"#
            }
            let first = try await server.send("POST", "/v1/jobs", key, json: body("red"))
            let again = try await server.send("POST", "/v1/jobs", key, json: body("red"))
            #expect((first.status, again.status) == (202, 202))
            #expect((first["Idempotency-Replayed"], again["Idempotency-Replayed"]) == (nil, "true"))
            #expect(try first.json()["id"] == again.json()["id"])
            let other = try await server.send("POST", "/v1/jobs", key, json: body("blue"))
            #expect(other.status == 422)
            #expect(try other.json()["code"] == "idempotency_mismatch")
            let bad = try await server.send("POST", "/v1/jobs", ["Idempotency-Key": "a b"], json: body("red"))
            #expect(bad.status == 400)
        }
    }

    @Test(arguments: [
        (#"{"kind":"paint","inputs":[{"sha256":"HASH"}],"optoins":{}}"#, "/optoins", "kind, options"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH","slto":"front"}]}"#, "/inputs/0/slto", "slot, name"),
        (#"{"kind":"paint","inputs":[{"sha256":"ABC"}]}"#, "/inputs/0/sha256", "hexadecimal"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH","slot":"../etc"}]}"#, "/inputs/0/slot", "letters"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH","name":"a/b.jpg"}]}"#, "/inputs/0/name", "folders"),
        (#"{"kind":"paint","inputs":[]}"#, "/inputs", "1 to 200"),
        (#"{"kind":"paint"}"#, "/inputs", "missing"), (#"{"inputs":[{"sha256":"HASH"}]}"#, "/kind", "missing"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH"}],"priority":4}"#, "/priority", "0 to 3"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH"}],"priority":"1"}"#, "/priority", "0 to 3"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH"}],"runAt":"tomorrow"}"#, "/runAt", "RFC 3339"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH"}],"subject":"a\nb"}"#, "/subject", "one line"),
        (#"{"kind":"paint","inputs":["HASH"]}"#, "/inputs/0", "object"), ("[]", "", "object"),
    ])
    func `names the member that is wrong`(body: String, pointer: String, words: String) async throws {
        try await TestServer.run { server in
            let hash = try await server.upload("photo")
            let reply = try await server.send("POST", "/v1/jobs", json: body.replacing("HASH", with: hash))
            #expect(reply.status == 422)
            #expect(reply["Content-Type"] == "application/problem+json")
            let problem = try reply.json()
            #expect(problem["code"] == "invalid_request")
            #expect(problem["errors"]?.arrayValue?.first?["pointer"] == .string(pointer))
            #expect(reply.text.contains(words))
        }
    }

    @Test(arguments: [
        (#"{"kind":"paint","options":{"strenght":1},"inputs":[{"sha256":"HASH"}]}"#, "unknown_option"),
        (#"{"kind":"paint","options":{"strength":2},"inputs":[{"sha256":"HASH"}]}"#, "invalid_options"),
        (#"{"kind":"painting","inputs":[{"sha256":"HASH"}]}"#, "unknown_kind"),
        (#"{"kind":"paint","inputs":[{"sha256":"HASH"},{"sha256":"HASH"}]}"#, "invalid_inputs"),
    ])
    func `refuses what the registry does not admit`(body: String, code: String) async throws {
        try await TestServer.run { server in
            let hash = try await server.upload("photo")
            let reply = try await server.send("POST", "/v1/jobs", json: body.replacing("HASH", with: hash))
            #expect(reply.status == 422)
            let problem = try reply.json()
            #expect(problem["code"] == .string(code))
            #expect(problem["hint"] != nil)
            #expect(problem["type"] == .string("urn:problem:\(code)"))
        }
    }

    @Test func `takes only blobs that the tenant owns, and says which slot it means`() async throws {
        try await TestServer.run { server in
            let foreign = try await server.upload("theirs", key: TestServer.otherKey)
            let own = try await server.upload("ours")
            let body = """
                {"kind":"collage","inputs":[{"slot":"front","sha256":"\(own)"},{"slot":"rear","sha256":"\(foreign)"}]}
                """
            let reply = try await server.send("POST", "/v1/jobs", json: body)
            #expect(reply.status == 404)
            let problem = try reply.json()
            #expect((problem["code"], problem["slot"]) == ("input_missing", "rear"))
        }
    }

    @Test(arguments: [#"{"kind":"#, "", "nonsense", #"{"kind":"paint","kind":"paint"}"#, "{}{}"])
    func `refuses what is no JSON`(body: String) async throws {
        try await TestServer.run { server in
            let reply = try await server.send("POST", "/v1/jobs", json: body)
            #expect(reply.status == 400)
            #expect(try reply.json()["code"] == "malformed_json")
        }
    }

    @Test func `takes JSON only, and no more than a megabyte`() async throws {
        try await TestServer.run { server in
            let form = try await server.send(
                "POST", "/v1/jobs", ["Content-Type": "application/x-www-form-urlencoded"], body: Array("a=b".utf8))
            #expect(form.status == 415)
            let wire = try server.wire()
            try await wire.send(TestServer.head("POST", "/v1/jobs", length: (1 << 20) + 1))
            #expect(try await wire.reply().status == 413)
        }
    }

    @Test func `shows a job with outputs, failure and progress`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let sha256 = String(repeating: "a", count: 64)
            await server.intake.update(id) { job in
                job.state = .succeeded
                job.progress = JobProgress(fraction: 1, step: "done")
                job.attempt = 2
                job.result = StageResult(
                    kind: "paint", version: 3,
                    outputs: [
                        "image": OutputFile(
                            file: "i.png", sha256: sha256, bytes: 9, mediaType: "image/png", width: 4, height: 3)
                    ],
                    data: ["coverage": 0.25], review: [ReviewFlag(code: "odd", summary: "It is odd.")], seconds: 1.5,
                    peakBytes: 7)
                job.failure = FailureRecord(
                    failure: Failure(
                        .inputUnreadable, "It is torn.", hint: "Send it again.", slot: "front", detail: "/secret"),
                    attempt: 1, at: Date(timeIntervalSince1970: 0))
            }
            let reply = try await server.send("GET", "/v1/jobs/\(id)")
            let job = try reply.json()
            #expect(
                job["outputs"]?["image"] == [
                    "url": .string("/v1/blobs/\(sha256)"), "file": "i.png", "sha256": .string(sha256), "bytes": 9,
                    "mediaType": "image/png", "width": 4, "height": 3,
                ])
            #expect(
                job["failure"] == [
                    "code": "input_unreadable", "summary": "It is torn.", "hint": "Send it again.", "slot": "front",
                    "retryable": false, "attempt": 1, "at": "1970-01-01T00:00:00.000Z",
                ])
            #expect(job["progress"] == ["fraction": 1, "step": "done"])
            #expect(job["review"]?.arrayValue?.first?["code"] == "odd")
            #expect((job["data"], job["seconds"], job["peakBytes"]) == (["coverage": 0.25], 1.5, 7))
            #expect(!reply.text.contains("secret"))
        }
    }

    @Test func `says 304 until the job changes`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let first = try await server.send("GET", "/v1/jobs/\(id)")
            let tag = try #require(first["ETag"])
            for given in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let same = try await server.send("GET", "/v1/jobs/\(id)", ["If-None-Match": given])
                #expect((same.status, same["ETag"], same.body.count) == (304, tag, 0))
            }
            await server.intake.update(id) { $0.progress.fraction = 0.5 }
            let changed = try await server.send("GET", "/v1/jobs/\(id)", ["If-None-Match": tag])
            #expect(changed.status == 200)
            #expect(changed["ETag"] != tag)
        }
    }

    @Test func `hides jobs of other tenants`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            for (method, path) in [("GET", ""), ("POST", "/cancel"), ("POST", "/retry")] {
                let reply = try await server.send(method, "/v1/jobs/\(id)\(path)", key: TestServer.otherKey)
                #expect(reply.status == 404)
            }
            let list = try await server.send("GET", "/v1/jobs", key: TestServer.otherKey)
            #expect(try list.json() == ["jobs": [], "next": .null])
        }
    }

    @Test func `cancels and retries`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            let canceled = try await server.send("POST", "/v1/jobs/\(id)/cancel", json: "{}")
            #expect(canceled.status == 200)
            #expect(try canceled.json()["state"] == "canceled")
            let again = try await server.send("POST", "/v1/jobs/\(id)/cancel")
            #expect(again.status == 409)
            #expect(try again.json()["code"] == "conflict")
            #expect(try await server.send("POST", "/v1/jobs/\(id)/retry", json: #"{"force":true}"#).status == 422)
            let retried = try await server.send("POST", "/v1/jobs/\(id)/retry")
            #expect(try retried.json()["state"] == "queued")
        }
    }

    @Test func `lists by state, kind and subject, page by page`() async throws {
        try await TestServer.run { server in
            var ids: [UUID] = []
            for number in 0..<5 { ids.append(try await server.enqueue(#","subject":"car \#(number % 2)""#)) }
            _ = try await server.send("POST", "/v1/jobs/\(ids[0])/cancel")
            func list(_ query: String) async throws -> JSONValue {
                let reply = try await server.send("GET", "/v1/jobs?\(query)")
                #expect(reply.status == 200, "\(reply.text)")
                return try reply.json()
            }
            func found(_ page: JSONValue) -> [UUID] {
                (page["jobs"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue.flatMap(UUID.init) }
            }
            let first = try await list("limit=3")
            #expect(found(first) == [ids[4], ids[3], ids[2]])
            let cursor = try #require(first["next"]?.stringValue)
            let second = try await list("limit=3&cursor=\(cursor)")
            #expect(found(second) == [ids[1], ids[0]])
            #expect(second["next"] == .null)
            #expect(found(try await list("state=canceled")) == [ids[0]])
            #expect(found(try await list("state=canceled,queued&state=running")).count == 5)
            #expect(found(try await list("subject=car%201")) == [ids[3], ids[1]])
            #expect(found(try await list("subject=car+1&kind=paint")) == [ids[3], ids[1]])
            #expect(found(try await list("workflow=\(UUID())")).isEmpty)
            #expect(first["jobs"]?.arrayValue?.first?["options"] == nil, "a list is light")
        }
    }

    @Test(arguments: [
        ("state=done", 400), ("stat=queued", 400), ("limit=0", 400), ("limit=201", 400), ("limit=ten", 400),
        ("limit=1&limit=2", 400), ("subject=", 400), ("subject=%00", 400), ("subject=%zz", 400), ("subject=%ff", 400),
        ("subject=%2", 400), ("workflow=7", 400), ("kind=painting", 422),
    ])
    func `refuses filters that it does not understand`(query: String, status: Int) async throws {
        try await TestServer.run { server in
            let reply = try await server.send("GET", "/v1/jobs?\(query)")
            #expect(reply.status == status)
            #expect(reply["Content-Type"] == "application/problem+json")
        }
    }

    @Test func `tells the state of many jobs in one call`() async throws {
        try await TestServer.run { server in
            let (a, b) = (try await server.enqueue(), try await server.enqueue())
            let foreign = try await server.enqueue(key: TestServer.otherKey)
            let reply = try await server.send(
                "POST", "/v1/jobs/status", json: #"{"ids":["\#(b)","\#(foreign)","\#(a)"]}"#)
            let answer = try reply.json()
            #expect(answer["jobs"]?.arrayValue?.map { $0["id"] } == [b, a].map { .string($0.uuidString.lowercased()) })
            #expect(answer["missing"] == [.string(foreign.uuidString.lowercased())])
            let many = (0..<51).map { _ in "\"\(UUID())\"" }.joined(separator: ",")
            for ids in ["[]", "[\(many)]", #"["x"]"#, "7"] {
                #expect(try await server.send("POST", "/v1/jobs/status", json: #"{"ids":\#(ids)}"#).status == 422)
            }
            #expect(try await server.send("POST", "/v1/jobs/status", json: "{}").status == 422)
        }
    }

    @Test func `says 503 while the queue is away, and 500 without a word about our faults`() async throws {
        try await TestServer.run { server in
            let id = try await server.enqueue()
            await server.intake.fail(
                with: Failure(.databaseUnavailable, "The queue can't be reached.", detail: "host=secret"))
            let away = try await server.send("GET", "/v1/jobs/\(id)")
            #expect((away.status, away["Retry-After"]) == (503, "5"))
            #expect(!away.text.contains("secret"))
            #expect(try await server.send("GET", "/readyz").status == 503)
            await server.intake.fail(
                with: Failure(.internalError, "relation secret is broken", detail: "SELECT secret"))
            let broken = try await server.send("GET", "/v1/jobs/\(id)")
            #expect(broken.status == 500)
            #expect(!broken.text.contains("secret"))
            #expect(try broken.json()["code"] == "internal_error")
            #expect(server.records.list.last?.failure?.contains("SELECT secret") == true)
        }
    }
}
