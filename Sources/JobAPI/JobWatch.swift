internal import Foundation
internal import JobQueue
internal import Pipeline

/// Looks at the queue for all waiting callers together, so that a thousand long polls cost one query each look.
actor JobWatch {
    private enum Subject {
        case job(UUID)
        case workflow(UUID)
    }

    private struct Waiter {
        let subject: Subject
        let tenant: String
        let tag: String
        let deadline: ContinuousClock.Instant
        let done: CheckedContinuation<[Job]?, Never>
    }

    private let intake: any JobIntake
    private let pause: Duration
    private var waiters: [Int: Waiter] = [:]
    private var nextKey = 0
    private var isLooking = false
    private var isStopped = false

    init(_ intake: any JobIntake, seconds: Double) { (self.intake, pause) = (intake, .seconds(seconds)) }

    /// The job as soon as its tag is another one; nil when that did not happen in time.
    func job(_ id: UUID, tenant: String, after tag: String, until deadline: ContinuousClock.Instant) async -> Job? {
        await wait(.job(id), tenant, tag, deadline)?.first
    }

    /// The workflow's jobs as soon as their tag is another one; nil when that did not happen in time.
    func workflow(
        _ id: UUID, tenant: String, after tag: String, until deadline: ContinuousClock.Instant
    ) async -> [Job]? {
        await wait(.workflow(id), tenant, tag, deadline)
    }

    /// Sends everybody home, for good.
    func stop() {
        isStopped = true
        for key in Array(waiters.keys) { release(key, with: nil) }
    }

    private func wait(
        _ subject: Subject, _ tenant: String, _ tag: String, _ deadline: ContinuousClock.Instant
    ) async -> [Job]? {
        guard !isStopped else { return nil }
        return await withCheckedContinuation { done in
            nextKey += 1
            waiters[nextKey] = Waiter(subject: subject, tenant: tenant, tag: tag, deadline: deadline, done: done)
            if !isLooking { Task { await self.look() } }
            isLooking = true
        }
    }

    private func release(_ key: Int, with jobs: [Job]?) {
        waiters.removeValue(forKey: key)?.done.resume(returning: jobs)
    }

    private func look() async {
        while !waiters.isEmpty {
            try? await Task.sleep(for: pause)
            for tenant in Set(waiters.values.map(\.tenant)) { await look(tenant) }
            let now = ContinuousClock.now
            for key in waiters.filter({ $0.value.deadline <= now }).keys { release(key, with: nil) }
        }
        isLooking = false
    }

    /// One query for all jobs of a tenant, and one for each workflow. A queue that can't answer is asked again later.
    private func look(_ tenant: String) async {
        let own = waiters.filter { $0.value.tenant == tenant }
        var jobs: [UUID: [Int]] = [:]
        var workflows: [UUID: [Int]] = [:]
        for (key, waiter) in own {
            switch waiter.subject {
            case .job(let id): jobs[id, default: []].append(key)
            case .workflow(let id): workflows[id, default: []].append(key)
            }
        }
        if !jobs.isEmpty, let found = try? await intake.jobs(Array(jobs.keys), tenant: tenant) {
            for job in found { tell([job], JobResponse.tag(job), to: jobs[job.id] ?? []) }
        }
        for (id, keys) in workflows {
            guard let found = try? await intake.workflow(id, tenant: tenant) else { continue }
            tell(found, JobResponse.tag(found), to: keys)
        }
    }

    private func tell(_ jobs: [Job], _ tag: String, to keys: [Int]) {
        for key in keys where waiters[key].map({ $0.tag != tag }) ?? false { release(key, with: jobs) }
    }
}
