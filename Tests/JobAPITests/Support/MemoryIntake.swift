import Foundation
import JobQueue
import Pipeline

/// A queue in memory: keeps what the API enqueues, and lets a test play the worker.
actor MemoryIntake: JobIntake, QueueControl {
    private struct Keyed {
        let request: Data
        let enqueued: Enqueued
    }

    private var rows: [UUID: Job] = [:]
    private var order: [UUID] = []
    private var keys: [String: Keyed] = [:]
    private var owners: [String: Set<String>] = [:]
    private var recipes: [UUID: RecipeStamp] = [:]
    /// When set, every call fails with it.
    private var outage: Failure?
    private(set) var lookups = 0
    private(set) var paused: Set<QueueLane> = []
    private(set) var limits: [String: TenantLimits] = [:]

    func fail(with failure: Failure?) { outage = failure }

    func update(_ id: UUID, _ change: @Sendable (inout Job) -> Void) {
        guard var job = rows[id] else { return }
        change(&job)
        job.revision += 1
        rows[id] = job
    }

    func enqueue(_ request: JobRequest, tenant: String, idempotencyKey: String?) throws(Failure) -> Enqueued {
        try once(JSON.encode(request), tenant, idempotencyKey) {
            Enqueued(workflow: nil, jobs: [self.insert(request, tenant)], replayed: false)
        }
    }

    func enqueue(
        _ workflow: WorkflowRequest, tenant: String, idempotencyKey: String?
    ) throws(Failure) -> Enqueued {
        let steps = try JSON.encode(workflow)
        let asked = workflow.asked.map { Data($0.utf8) } ?? steps
        return try once(asked, tenant, idempotencyKey) {
            let id = UUID()
            self.recipes[id] = workflow.recipe
            let jobs = workflow.steps.map { step in
                var job = self.insert(step.job, tenant)
                (job.workflow, job.label) = (id, step.label)
                if !workflow.dependencies(of: step).isEmpty { job.state = .blocked }
                self.rows[job.id] = job
                return job
            }
            return Enqueued(workflow: id, jobs: jobs, replayed: false)
        }
    }

    func job(_ id: UUID, tenant: String) throws(Failure) -> Job {
        try check()
        lookups += 1
        guard let job = rows[id], job.tenant == tenant else { throw Failure(.notFound, "There is no such job.") }
        return job
    }

    func jobs(_ ids: [UUID], tenant: String) throws(Failure) -> [Job] {
        try check()
        lookups += 1
        return ids.compactMap { rows[$0] }.filter { $0.tenant == tenant }
    }

    func workflow(_ id: UUID, tenant: String) throws(Failure) -> [Job] {
        try check()
        lookups += 1
        let jobs = order.compactMap { rows[$0] }.filter { $0.workflow == id && $0.tenant == tenant }
        guard !jobs.isEmpty else { throw Failure(.notFound, "There is no such workflow.") }
        return jobs
    }

    func recipe(ofWorkflow id: UUID, tenant: String) throws(Failure) -> RecipeStamp? {
        try check()
        return recipes[id]
    }

    func jobs(_ filter: JobFilter, tenant: String) throws(Failure) -> JobPage {
        try check()
        let all = order.reversed().compactMap { rows[$0] }.filter { job in
            job.tenant == tenant && (filter.states.isEmpty || filter.states.contains(job.state))
                && (filter.kind.map { $0 == job.request.kind } ?? true)
                && (filter.subject.map { $0 == job.request.subject } ?? true)
                && (filter.workflow.map { $0 == job.workflow } ?? true)
        }
        let start = filter.cursor.flatMap { Int($0) } ?? 0
        let page = Array(all.dropFirst(start).prefix(filter.limit))
        let end = start + page.count
        return JobPage(jobs: page, next: end < all.count ? String(end) : nil)
    }

    func cancel(_ id: UUID, tenant: String) throws(Failure) -> Job {
        guard !(try job(id, tenant: tenant)).state.isFinal else { throw Failure(.conflict, "The job is final.") }
        update(id) { $0.state = .canceled }
        return try job(id, tenant: tenant)
    }

    func retry(_ id: UUID, tenant: String) throws(Failure) -> Job {
        let state = try job(id, tenant: tenant).state
        guard state == .failed || state == .canceled else { throw Failure(.conflict, "The job did not fail.") }
        update(id) { $0.state = .queued }
        return try job(id, tenant: tenant)
    }

    func approve(_ id: UUID, answer: String, tenant: String) throws(Failure) -> Job {
        try decide(id, tenant) { $0.state = answer == "approve" ? .succeeded : .queued }
    }

    func reject(_ id: UUID, reason: String, tenant: String) throws(Failure) -> Job {
        let record = FailureRecord(failure: Failure(.rejected, reason), attempt: 1, at: Date(timeIntervalSince1970: 0))
        return try decide(id, tenant) { ($0.state, $0.failure, $0.result) = (.failed, record, nil) }
    }

    private func decide(_ id: UUID, _ tenant: String, _ change: @Sendable (inout Job) -> Void) throws(Failure) -> Job {
        guard try job(id, tenant: tenant).state == .review else { throw Failure(.conflict, "Nobody has to look.") }
        update(id, change)
        return try job(id, tenant: tenant)
    }

    func limit(_ tenant: String, to limits: TenantLimits?) throws(Failure) {
        try check()
        self.limits[tenant] = limits
    }

    func tenantLimits() throws(Failure) -> [String: TenantLimits] {
        try check()
        return limits
    }

    func pausedLanes() throws(Failure) -> Set<QueueLane> {
        try check()
        return paused
    }

    func pause(_ lane: QueueLane) throws(Failure) {
        try check()
        paused.insert(lane)
    }

    func resume(_ lane: QueueLane) throws(Failure) {
        try check()
        paused.remove(lane)
    }

    func own(blob sha256: String, bytes: Int, tenant: String) throws(Failure) {
        try check()
        owners[sha256, default: []].insert(tenant)
    }

    func owns(blob sha256: String, tenant: String) throws(Failure) -> Bool {
        try check()
        return owners[sha256]?.contains(tenant) ?? false
    }

    private func check() throws(Failure) {
        if let outage { throw outage }
    }

    private func insert(_ request: JobRequest, _ tenant: String) -> Job {
        let job = Job(
            id: UUID(), tenant: tenant, request: request, state: .queued,
            createdAt: Date(timeIntervalSince1970: 1_800_000_000.25), revision: 1)
        rows[job.id] = job
        order.append(job.id)
        return job
    }

    private func once(
        _ request: Data, _ tenant: String, _ key: String?, _ enqueue: () -> Enqueued
    ) throws(Failure) -> Enqueued {
        try check()
        guard let key else { return enqueue() }
        if let known = keys["\(tenant) \(key)"] {
            guard known.request == request else {
                throw Failure(.idempotencyMismatch, "The key was used with another request.")
            }
            return Enqueued(workflow: known.enqueued.workflow, jobs: known.enqueued.jobs, replayed: true)
        }
        let enqueued = enqueue()
        keys["\(tenant) \(key)"] = Keyed(request: request, enqueued: enqueued)
        return enqueued
    }
}
