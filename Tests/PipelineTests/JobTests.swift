import Foundation
import Pipeline
import Testing

@Suite struct JobTests {
    @Test func `the states are one set of words, in the order of a life`() {
        let words = ["blocked", "scheduled", "queued", "running", "succeeded", "review", "failed", "canceled"]
        #expect(JobState.allCases.map(\.rawValue) == words)
    }

    @Test(arguments: JobState.allCases)
    func `only final states end a job, and only two leave a result`(state: JobState) {
        #expect(state.isFinal == [.succeeded, .review, .failed, .canceled].contains(state))
        #expect(state.hasResult == [.succeeded, .review].contains(state))
    }

    @Test func `kinds are plain strings in JSON, ordered by name`() throws {
        #expect(try JSON.value(of: ["kind": Kind(rawValue: "spin")]) == ["kind": "spin"])
        #expect(try JSON.decode(Kind.self, from: Data(#""cutout""#.utf8)) == "cutout")
        #expect(Kind(rawValue: "cutout") < "spin" && "\(Kind(rawValue: "spin"))" == "spin")
    }

    @Test func `a job round trips whole`() throws {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let output = OutputFile(file: "mask.png", sha256: "00", bytes: 9, mediaType: "image/png", width: 3, height: 2)
        let result = StageResult(
            kind: "cutout", version: 2, outputs: ["mask": output], data: ["coverage": 0.5],
            review: [ReviewFlag(code: "no_main_object", summary: "No car.", hint: "Look.", slot: "front")],
            identity: ["cutout@2"], seconds: 1.5, peakBytes: 1 << 20)
        let request = JobRequest(
            kind: "cutout", options: ["a": 1],
            inputs: [
                JobInput(slot: "front", name: "a.jpg", source: .blob(sha256: "00")),
                JobInput(slot: "mask", name: "m.png", source: .output(job: "cut", name: "mask")),
            ], subject: "car-1", priority: 0, runAt: time, maxAttempts: 3)
        let job = Job(
            id: UUID(), tenant: "local", workflow: UUID(), label: "cut", request: request, state: .review, attempt: 2,
            progress: JobProgress(fraction: 1, step: "done"),
            failure: FailureRecord(failure: Failure(.workerLost, "Lost."), attempt: 1, at: time), result: result,
            cached: true, createdAt: time, startedAt: time, finishedAt: time, revision: 7)
        #expect(try JSON.decode(Job.self, from: JSON.encode(job)) == job)
    }

    @Test func `a new job has said nothing yet`() {
        let job = Job(
            id: UUID(), tenant: "local", request: JobRequest(kind: "cutout", inputs: []), state: .queued,
            createdAt: Date(timeIntervalSince1970: 0))
        #expect(job.attempt == 0 && job.progress.fraction == 0 && !job.cached && job.revision == 0)
        #expect(job.request.priority == 1 && job.request.maxAttempts == 5 && job.request.options == [:])
    }

    @Test func `a workflow round trips`() throws {
        let workflow = WorkflowRequest(
            name: "showroom",
            steps: [
                .init(label: "cut", job: JobRequest(kind: "cutout", inputs: [])),
                .init(label: "spin", job: JobRequest(kind: "spin", inputs: []), after: ["cut"], toleratesFailure: true),
            ])
        #expect(try JSON.decode(WorkflowRequest.self, from: JSON.encode(workflow)) == workflow)
    }
}
