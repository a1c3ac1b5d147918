import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct WorkflowTests {
    @Test func `outputs of dependencies become inputs in the order of the request`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b"),
            queue.step(
                "spin", kind: "spin",
                inputs: [
                    QueueFixture.output("front", of: "b"), QueueFixture.photo("logo"),
                    QueueFixture.output("rear", of: "a", "frames/003"),
                ]),
        ])
        #expect(jobs["spin"]?.state == .blocked)
        for claim in try await queue.claim() {
            let number = claim.label == "a" ? 20 : 30
            try await queue.complete(claim, QueueFixture.result(["image": number, "frames/003": number + 1]))
        }
        let claims = try await queue.claim("spin")
        #expect(claims.first?.label == "spin")
        #expect(
            claims.first?.inputs == [
                ResolvedInput(slot: "front", name: "front.png", sha256: QueueFixture.sha(30)),
                ResolvedInput(slot: "logo", name: "logo.jpg", sha256: QueueFixture.sha(1)),
                ResolvedInput(slot: "rear", name: "rear.png", sha256: QueueFixture.sha(21)),
            ])
    }

    @Test func `a workflow's jobs come in the order of its steps`() async throws {
        let queue = try await QueueFixture.fresh()
        let steps = (0..<20).map { queue.step("photo-\($0)") }
        let jobs = try await queue.store.enqueue(
            WorkflowRequest(name: "w", steps: steps), tenant: queue.tenant, idempotencyKey: nil)
        #expect(jobs.jobs.map(\.label) == steps.map(\.label))
        let workflow = try #require(jobs.workflow)
        #expect(try await queue.store.workflow(workflow, tenant: queue.tenant).map(\.id) == jobs.jobs.map(\.id))
        #expect(try await queue.claim().map(\.job) == jobs.jobs.map(\.id))
    }

    @Test func `a needed dependency's failure fails dependents down the line at once and names the cause`() async throws
    {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b"), queue.step("c", after: ["a", "b"]), queue.step("d", after: ["c"]),
        ])
        let a = try await queue.take(jobs["a"])
        try await queue.end(a, .discard)
        for label in ["c", "d"] {
            let job = try await queue.job(try #require(jobs[label]))
            #expect(job.state == .failed)
            #expect(job.failure?.failure.code == .dependencyFailed)
            #expect(job.failure?.failure.summary == "The step a failed: The picture is broken.")
            #expect(job.failure?.failure.hint == "Take it again.")
            #expect(job.failure?.failure.slot == "front")
            #expect(job.finishedAt != nil)
        }
        #expect(try await queue.state(jobs["b"]) == .running)
    }

    @Test func `a tolerant step drops what failed while an input is left`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b"),
            queue.step(
                "spin", kind: "spin",
                inputs: [
                    QueueFixture.output("front", of: "a"), QueueFixture.output("rear", of: "b"),
                    QueueFixture.output("left", of: "b", "no such output"),
                ], tolerates: true),
        ])
        for claim in try await queue.claim() {
            if claim.label == "a" { try await queue.end(claim, .discard) } else { try await queue.complete(claim) }
        }
        #expect(try await queue.state(jobs["spin"]) == .queued)
        #expect(try await queue.claim("spin").first?.inputs.map(\.slot) == ["rear"])
    }

    @Test func `a tolerant step with nothing left fails`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"),
            queue.step("spin", inputs: [QueueFixture.output("front", of: "a")], tolerates: true),
            queue.step("manifest", inputs: [], after: ["spin"], tolerates: true),
        ])
        try await queue.end(try await queue.takeFirst(), .discard)
        let spin = try await queue.job(try #require(jobs["spin"]))
        #expect(spin.state == .failed)
        #expect(spin.failure?.failure.summary == "The step a failed: The picture is broken.")
        #expect(try await queue.state(jobs["manifest"]) == .queued)
    }

    @Test func `an output that is not there fails the step that needs it`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b", inputs: [QueueFixture.output("front", of: "a", "mask")]),
        ])
        try await queue.complete(try await queue.takeFirst())
        let job = try await queue.job(try #require(jobs["b"]))
        #expect(job.failure?.failure.code == .dependencyFailed)
        #expect(job.failure?.failure.summary == "The step a gave no output mask.")
    }

    @Test func `a dependency in review frees its dependents`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b", inputs: [QueueFixture.output("front", of: "a")]),
        ])
        let claim = try await queue.takeFirst()
        try await queue.complete(claim, QueueFixture.result(review: [QueueFixture.look]))
        #expect(try await queue.state(jobs["a"]) == .review)
        #expect(try await queue.claim().map(\.label) == ["b"])
    }

    @Test func `canceling a step cancels all that waits for it and nothing else`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b"), queue.step("c", after: ["a"], tolerates: true),
            queue.step("d", after: ["c"]),
        ])
        let a = try #require(jobs["a"])
        #expect(try await queue.store.cancel(a.id, tenant: queue.tenant).state == .canceled)
        #expect(try await queue.state(jobs["c"]) == .canceled)
        let d = try await queue.job(try #require(jobs["d"]))
        #expect(d.state == .canceled)
        #expect(d.failure?.failure == Failure(.cancelled, "The step a was cancelled."))
        #expect(try await queue.state(jobs["b"]) == .queued)
    }

    @Test func `a retried step takes those along that ended by it`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b"),
            queue.step("c", inputs: [QueueFixture.output("front", of: "a")], after: ["b"]),
            queue.step("d", inputs: [QueueFixture.output("front", of: "c")]),
            queue.step("waits", after: ["a", "b"], tolerates: true),
        ])
        let a = try #require(jobs["a"])
        let c = try #require(jobs["c"])
        try await queue.end(try await queue.take(a), .discard)
        let refused = await failure { _ = try await queue.store.retry(c.id, tenant: queue.tenant) }
        #expect(refused?.code == .conflict)
        #expect(refused?.summary == "The step a ended this job.")

        let retried = try await queue.store.retry(a.id, tenant: queue.tenant)
        #expect(retried.state == .queued)
        #expect(retried.attempt == 0)
        #expect(retried.failure == nil)
        #expect(try await queue.state(c) == .blocked)
        #expect(try await queue.state(jobs["d"]) == .blocked)
        // b was claimed at first with a; its end alone does not free what waits for a again.
        let running = try await queue.db.rows("select id, fence from rundum.job where state = 'running'")
        let fence = try #require(running.first?[1].flatMap { Int64($0) })
        let b = Claim(
            job: try #require(jobs["b"]).id, fence: fence, tenant: queue.tenant, workflow: nil, label: "b",
            request: QueueFixture.request(), attempt: 1, inputs: [])
        try await queue.complete(b)
        #expect(try await queue.state(jobs["waits"]) == .blocked)

        try await queue.complete(try await queue.take(a))
        #expect(Set(try await queue.claim().map(\.label)) == ["c", "waits"])
    }

    @Test func `a step that was retried fails again when another dependency has failed meanwhile`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([queue.step("a"), queue.step("b"), queue.step("c", after: ["a", "b"])])
        for claim in try await queue.claim() { try await queue.end(claim, .discard) }
        let a = try #require(jobs["a"])
        let b = try #require(jobs["b"])
        _ = try await queue.store.retry(a.id, tenant: queue.tenant)
        try await queue.complete(try await queue.take(a))
        let c = try await queue.job(try #require(jobs["c"]))
        #expect(c.state == .failed)
        #expect(c.failure?.failure.summary == "The step b failed: The picture is broken.")
        _ = try await queue.store.retry(b.id, tenant: queue.tenant)
        try await queue.complete(try await queue.take(b))
        #expect(try await queue.state(jobs["c"]) == .queued)
    }

    @Test func `a step that asked for no time is due when it is freed, also after the clock was set back`() async throws
    {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([queue.step("a"), queue.step("b", after: ["a"])])
        // As if it had been enqueued while the clock stood an hour ahead.
        try await queue.db.rows("update rundum.job set due_at = now() + interval '1 h' where label = 'b'")
        try await queue.complete(try await queue.take(jobs["a"]))
        #expect(try await queue.state(jobs["b"]) == .queued)
    }

    @Test func `a long chain falls without running out of stack`() async throws {
        let queue = try await QueueFixture.fresh()
        let steps = (0..<400).map { queue.step("s\($0)", inputs: [], after: $0 == 0 ? [] : ["s\($0 - 1)"]) }
        let jobs = try await queue.enqueue(steps)
        try await queue.end(try await queue.takeFirst(), .discard)
        #expect(try await queue.state(jobs["s399"]) == .failed)
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
    }

    @Test func `circles and unknown labels are refused, also by the schema`() async throws {
        let queue = try await QueueFixture.fresh()
        let circle = await failure {
            _ = try await queue.enqueue([queue.step("a", after: ["b"]), queue.step("b", after: ["a"])])
        }
        #expect(circle?.code == .invalidRequest)
        let unknown = await failure {
            _ = try await queue.db.rows(
                """
                select * from rundum.enqueue_steps(
                    'dealer', 'w', '[{"label": "a", "job": {"kind": "k", "inputs": []}, "after": ["z"]}]', null)
                """)
        }
        #expect(unknown?.code == .invalidRequest)
        #expect(unknown?.summary == "A step waits for z, which is not in the workflow.")
    }

    private func failure(_ body: () async throws -> Void) async -> Failure? { await JobQueueTests.failure(of: body) }
}
