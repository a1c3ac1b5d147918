import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct JobTransitionsTests {
    /// Every transition there is; what is not here is refused.
    private static let allowed: [JobState: [JobEvent: JobState]] = [
        .blocked: [
            .freed: .queued, .freedEarly: .scheduled, .dependencyFailed: .failed, .dependencyCanceled: .canceled,
            .cancel: .canceled,
        ],
        .scheduled: [.due: .queued, .cancel: .canceled],
        .queued: [.claimed: .running, .cancel: .canceled],
        .running: [
            .succeeded: .succeeded, .flagged: .review, .failedForLater: .scheduled, .failedForNow: .queued,
            .released: .queued, .discarded: .failed, .stopped: .canceled, .cancel: .running,
        ],
        .succeeded: [.approve: .succeeded],
        .review: [.approve: .succeeded, .reject: .failed, .answer: .queued],
        .failed: [.retry: .queued, .dependencyRetried: .blocked],
        .canceled: [.cancel: .canceled, .retry: .queued, .dependencyRetried: .blocked],
    ]

    @Test func `the machine allows exactly the table`() {
        for state in JobState.allCases {
            for event in JobEvent.allCases {
                #expect(JobTransitions.next(state, event) == Self.allowed[state]?[event], "\(state) x \(event)")
            }
        }
    }

    @Test func `a final state is left by retry only, and review by a person`() {
        for state in JobState.allCases where state.isFinal {
            let ways = JobEvent.allCases.filter { JobTransitions.next(state, $0).map { $0 != state } ?? false }
            #expect(
                Set(ways).isSubset(
                    of: state == .review ? [.approve, .reject, .answer] : [.retry, .dependencyRetried]),
                "\(state)")
        }
    }

    @Test(arguments: JobState.allCases)
    func `the schema does what the machine says`(state: JobState) async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        for event in JobEvent.allCases {
            let subject = try await Subject.reach(state, for: event, in: queue)
            try await subject.undergo(event)
            let expected = JobTransitions.next(state, event) ?? state
            #expect(try await queue.state(subject.child) == expected, "\(state) x \(event)")
        }
    }
}

/// A job that waits for another one, brought into a state.
private struct Subject {
    let queue: QueueFixture
    let parent: Job
    let child: Job
    var parentClaim: Claim?
    var claim: Claim?

    static func reach(_ state: JobState, for event: JobEvent, in queue: QueueFixture) async throws -> Subject {
        let early = state == .scheduled || (state == .blocked && event == .freedEarly)
        let later = early ? Date(timeIntervalSinceNow: 3600) : nil
        let jobs = try await queue.enqueue([
            queue.step("parent"), queue.step("child", after: ["parent"], runAt: later),
        ])
        guard let parent = jobs["parent"], let child = jobs["child"] else { throw Failure(.notFound, "no jobs") }
        var subject = Subject(queue: queue, parent: parent, child: child)
        subject.parentClaim = try await queue.claim(of: parent)
        try await subject.bring(to: state, by: event)
        guard try await queue.state(child) == state else { throw Failure(.conflict, "did not reach \(state)") }
        return subject
    }

    private mutating func bring(to state: JobState, by event: JobEvent) async throws {
        guard state != .blocked, let parentClaim else { return }
        switch (state, event) {
        case (.failed, .dependencyRetried): try await queue.end(parentClaim, .discard)
        case (.canceled, .dependencyRetried): try await queue.end(parentClaim, .cancel)
        default:
            try await queue.complete(parentClaim)
            if state == .scheduled || state == .queued { return }
            claim = try await queue.claim(of: child)
            guard let claim else { return }
            switch state {
            case .succeeded: try await queue.complete(claim)
            case .review:
                let flag = event == .answer ? QueueFixture.question : QueueFixture.look
                try await queue.complete(claim, QueueFixture.result(review: [flag]))
            case .failed: try await queue.end(claim, .discard)
            case .canceled: try await queue.end(claim, .cancel)
            case .blocked, .scheduled, .queued, .running: break
            }
        }
    }

    private func makeDue() async throws {
        try await queue.db.rows("update rundum.job set due_at = now() where id = '\(child.id)'")
    }

    /// Does to the queue what the event stands for, whatever the state is; refusals are part of it.
    func undergo(_ event: JobEvent) async throws {
        let own =
            claim
            ?? Claim(
                job: child.id, fence: 0, tenant: queue.tenant, workflow: nil, label: nil, request: child.request,
                attempt: 1, inputs: [])
        switch event {
        case .freed, .freedEarly: if let parentClaim { try await queue.complete(parentClaim) }
        case .dependencyFailed: if let parentClaim { try await queue.end(parentClaim, .discard) }
        case .dependencyCanceled: if let parentClaim { try await queue.end(parentClaim, .cancel) }
        case .due:
            if try await queue.state(child) == .scheduled { try await makeDue() }
            _ = try await queue.store.sweep()
        case .claimed: _ = try await queue.claim()
        case .succeeded: try await queue.complete(own)
        case .flagged: try await queue.complete(own, QueueFixture.result(review: [QueueFixture.look]))
        case .failedForLater: try await queue.end(own, .retry(after: .seconds(60)))
        case .failedForNow: try await queue.end(own, .retry(after: .zero))
        case .released: try await queue.end(own, .release)
        case .discarded: try await queue.end(own, .discard)
        case .stopped: try await queue.end(own, .cancel)
        case .cancel: _ = try? await queue.store.cancel(child.id, tenant: queue.tenant)
        case .retry: _ = try? await queue.store.retry(child.id, tenant: queue.tenant)
        case .approve: _ = try? await queue.store.approve(child.id, tenant: queue.tenant)
        case .answer: _ = try? await queue.store.approve(child.id, answer: "cover", tenant: queue.tenant)
        case .reject: _ = try? await queue.store.reject(child.id, reason: "No.", tenant: queue.tenant)
        case .dependencyRetried: _ = try? await queue.store.retry(parent.id, tenant: queue.tenant)
        }
    }
}

/// The page that people read says what the code does.
@Suite struct StateTableTests {
    @Test func `the documented table has every state and every event`() throws {
        let file = Fixtures.root.appending(path: "docs/state-machine.md")
        var page = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(page.range(of: "<!-- table -->\n")).upperBound
        let end = try #require(page.range(of: "<!-- end -->", range: start..<page.endIndex)).lowerBound
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            page.replaceSubrange(start..<end, with: Self.table)
            try page.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("Recorded docs/state-machine.md anew; look at the difference.")
            return
        }
        #expect(page[start..<end] == Self.table)
    }

    private static var table: String {
        var lines = ["| event | " + JobState.allCases.map { "`\($0)`" }.joined(separator: " | ") + " |"]
        lines.append(String(repeating: "| --- ", count: JobState.allCases.count + 1) + "|")
        for event in JobEvent.allCases {
            let cells = JobState.allCases.map { state in JobTransitions.next(state, event).map { "\($0)" } ?? "" }
            lines.append("| `\(event)` | " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
