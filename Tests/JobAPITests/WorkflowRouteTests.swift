import Foundation
import Pipeline
import Testing

@testable import JobAPI

struct WorkflowRouteTests {
    @Test func `builds a named workflow from photos`() async throws {
        try await TestServer.run { server in
            let (id, _) = try await server.enqueueWorkflow()
            let reply = try await server.send("GET", "/v1/workflows/\(id)")
            #expect(reply.status == 200)
            let workflow = try reply.json()
            #expect((workflow["state"], workflow["counts"]) == ("queued", ["queued": 2, "blocked": 1]))
            let jobs = try #require(workflow["jobs"]?.arrayValue)
            #expect(jobs.map { $0["label"] } == ["paint-photo-1", "paint-rear", "collage"])
            #expect(jobs.allSatisfy { $0["subject"] == "car" })
            let listed = try await server.send("GET", "/v1/jobs?workflow=\(id)").json()
            #expect(listed["jobs"]?.arrayValue?.count == 3)
        }
    }

    @Test func `gives a picture in a companion's slot to the steps of all photos`() async throws {
        try await TestServer.run { server in
            let (photo, pattern) = (try await server.upload("photo"), try await server.upload("pattern"))
            let inputs = #"[{"sha256":"\#(photo)"},{"slot":"pattern","sha256":"\#(pattern)"},{"sha256":"\#(photo)"}]"#
            let reply = try await server.send(
                "POST", "/v1/workflows", json: #"{"name": "pairing", "inputs": \#(inputs)}"#)
            #expect(reply.status == 202, "\(reply.text)")
            let jobs = try #require(try reply.json()["jobs"]?.arrayValue)
            #expect(jobs.map { $0["label"] } == ["paint-photo-1", "paint-photo-3", "collage"])
            for job in jobs.dropLast() {
                let id = try #require(job["id"]?.stringValue)
                let slots = try await server.send("GET", "/v1/jobs/\(id)").json()["inputs"]?.arrayValue?.map {
                    $0["slot"]
                }
                #expect(slots?.last == "pattern" && slots?.count == 2)
            }
            let alone = try await server.send(
                "POST", "/v1/workflows",
                json: #"{"name":"pairing","inputs":[{"slot":"pattern","sha256":"\#(pattern)"}]}"#)
            #expect(alone.status == 422 && alone.text.contains("and pattern if wished"), "\(alone.text)")
        }
    }

    @Test func `takes explicit steps`() async throws {
        try await TestServer.run { server in
            let sha256 = try await server.upload("photo")
            let reply = try await server.send(
                "POST", "/v1/workflows", ["Idempotency-Key": "w"],
                json: """
                    {"name": "mine", "priority": 3, "steps": [
                      {"label": "a", "kind": "paint", "inputs": [{"sha256": "\(sha256)"}]},
                      {"label": "b", "kind": "collage", "after": ["a"], "toleratesFailure": true,
                       "inputs": [{"job": "a", "output": "image"}]}]}
                    """)
            #expect(reply.status == 202, "\(reply.text)")
            let workflow = try reply.json()
            #expect(reply["Location"] == workflow["url"]?.stringValue)
            let jobs = try #require(workflow["jobs"]?.arrayValue)
            #expect(jobs.allSatisfy { $0["priority"] == 3 })
            let second = try #require(jobs.last?["id"]?.stringValue)
            let job = try await server.send("GET", "/v1/jobs/\(second)").json()
            #expect(job["inputs"] == [["slot": "input-1", "name": "input-1", "job": "a", "output": "image"]])
        }
    }

    @Test(arguments: [
        (#"{"name":"unheard","inputs":[{"sha256":"HASH"}]}"#, 422, "pairing"),
        (
            #"{"name":"pairing","inputs":[{"sha256":"HASH"}],"options":{"color":"red"}}"#, 422,
            "There is no option color"
        ),
        (#"{"name":"pairing","inputs":[{"slot":"a","sha256":"HASH"},{"slot":"a","sha256":"HASH"}]}"#, 422, "slot a"),
        (#"{"name":"pairing","photos":[]}"#, 422, "photos"), (#"{"inputs":[{"sha256":"HASH"}]}"#, 422, "/name"),
        (#"{"name":"pairing","inputs":[{"sha256":"\#(String(repeating: "0", count: 64))"}]}"#, 404, "photo-1"),
        (#"{"steps":[{"label":"a","kind":"paint","inputs":[{"job":"b","output":"x"}]}]}"#, 422, "not in the workflow"),
        (#"{"steps":[{"label":"a","kind":"paint","inputs":[{"job":"a","output":"x"}]}]}"#, 422, "wait for each other"),
        (
            #"{"steps":[{"label":"a","kind":"paint","inputs":[{"job":"a","output":"x","sha256":"HASH"}]}]}"#, 422,
            "excludes"
        ),
        (#"{"steps":[{"label":"a","kind":"nope","inputs":[{"sha256":"HASH"}]}]}"#, 422, "Step a"),
        (#"{"steps":[{"label":"a","kind":"paint","inputs":[{"sha256":"HASH"}],"after":[1]}]}"#, 422, "labels"),
        (
            #"{"steps":[{"label":"a","kind":"paint","inputs":[{"sha256":"HASH"}],"toleratesFailure":1}]}"#, 422,
            "true or false"
        ),
        (#"{"steps":[{"kind":"paint","inputs":[{"sha256":"HASH"}]}]}"#, 422, "/steps/0/label"),
        (#"{"steps":[],"name":"x"}"#, 422, "/steps"), (#"{"steps":[{}],"options":{}}"#, 422, "excludes steps"),
    ])
    func `says what is wrong with a workflow`(body: String, status: Int, words: String) async throws {
        try await TestServer.run { server in
            let hash = try await server.upload("photo")
            let reply = try await server.send("POST", "/v1/workflows", json: body.replacing("HASH", with: hash))
            #expect(reply.status == status)
            #expect(reply.text.contains(words), "\(reply.text)")
        }
    }

    @Test func `hides workflows of other tenants`() async throws {
        try await TestServer.run { server in
            let (id, _) = try await server.enqueueWorkflow()
            #expect(try await server.send("GET", "/v1/workflows/\(id)", key: TestServer.otherKey).status == 404)
        }
    }

    @Test func `says 304 until any job of it changes`() async throws {
        try await TestServer.run { server in
            let (id, jobs) = try await server.enqueueWorkflow()
            let tag = try #require(try await server.send("GET", "/v1/workflows/\(id)")["ETag"])
            #expect(try await server.send("GET", "/v1/workflows/\(id)", ["If-None-Match": tag]).status == 304)
            await server.intake.update(jobs[2]) { $0.progress.step = "x" }
            #expect(try await server.send("GET", "/v1/workflows/\(id)", ["If-None-Match": tag]).status == 200)
        }
    }
}

struct WorkflowStateTests {
    /// Three jobs, the last of which builds on the first two.
    private func jobs(_ states: JobState...) -> [Job] {
        zip(["a", "b", "c"], states).map { label, state in
            let inputs =
                label == "c"
                ? ["a", "b"].map { JobInput(slot: $0, name: $0, source: .output(job: $0, name: "image")) } : []
            return Job(
                id: UUID(), tenant: "t", workflow: UUID(), label: label,
                request: JobRequest(kind: "paint", inputs: inputs), state: state,
                progress: JobProgress(fraction: 0.5, step: "mixing"), createdAt: .now)
        }
    }

    @Test func `ends as the jobs that nobody builds on end`() {
        #expect(WorkflowResponse.state(of: jobs(.succeeded, .succeeded, .succeeded)) == .succeeded)
        #expect(WorkflowResponse.state(of: jobs(.failed, .succeeded, .succeeded)) == .succeeded)
        #expect(WorkflowResponse.state(of: jobs(.failed, .failed, .failed)) == .failed)
        #expect(WorkflowResponse.state(of: jobs(.succeeded, .canceled, .canceled)) == .canceled)
        #expect(WorkflowResponse.state(of: jobs(.review, .succeeded, .succeeded)) == .review)
    }

    @Test func `runs from the first start to the last end`() {
        #expect(WorkflowResponse.state(of: jobs(.queued, .queued, .blocked)) == .queued)
        #expect(WorkflowResponse.state(of: jobs(.scheduled, .scheduled, .blocked)) == .scheduled)
        #expect(WorkflowResponse.state(of: jobs(.running, .queued, .blocked)) == .running)
        #expect(WorkflowResponse.state(of: jobs(.succeeded, .queued, .blocked)) == .running)
        #expect(WorkflowResponse.state(of: jobs(.blocked, .blocked, .blocked)) == .blocked)
    }

    @Test func `counts finished jobs as whole, and names the step that runs`() {
        let progress = WorkflowResponse.progress(of: jobs(.succeeded, .running, .blocked))
        #expect(progress == JobProgress(fraction: 2 / 3, step: "b: mixing"))
        #expect(WorkflowResponse.progress(of: []) == JobProgress(fraction: 0, step: ""))
    }
}
