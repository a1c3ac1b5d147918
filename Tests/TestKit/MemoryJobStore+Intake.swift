public import Foundation
public import JobQueue
public import Pipeline

extension MemoryJobStore {
    public func enqueue(_ request: JobRequest, tenant: String, idempotencyKey: String?) throws(Failure) -> Enqueued {
        try beThere()
        if let known = try replay(of: request, tenant, idempotencyKey) { return known }
        let id = add(request, tenant: tenant)
        remember([id], nil, request, tenant, idempotencyKey)
        wake()
        return Enqueued(workflow: nil, jobs: [id].compactMap { entries[$0]?.job }, replayed: false)
    }

    public func enqueue(
        _ workflow: WorkflowRequest, tenant: String, idempotencyKey: String?
    ) throws(Failure) -> Enqueued {
        try beThere()
        let steps = String(decoding: try JSON.encode(workflow), as: UTF8.self)
        let asked = workflow.asked ?? steps
        if let known = try replay(of: asked, tenant, idempotencyKey) { return known }
        try workflow.validate()
        let flow = UUID()
        recipes[flow] = workflow.recipe
        var ids: [String: UUID] = [:]
        for step in workflow.steps { ids[step.label] = add(step.job, tenant: tenant) }
        for step in workflow.steps {
            guard let id = ids[step.label] else { continue }
            let parents = workflow.dependencies(of: step)
            change(id) { entry in
                (entry.job.workflow, entry.job.label) = (flow, step.label)
                entry.after = ids.filter { parents.contains($0.key) }
                entry.dependencies = Set(entry.after.values)
                entry.toleratesFailure = step.toleratesFailure
                if !parents.isEmpty { entry.job.state = .blocked }
            }
        }
        let jobs = workflow.steps.compactMap { ids[$0.label] }
        remember(jobs, flow, asked, tenant, idempotencyKey)
        wake()
        return Enqueued(workflow: flow, jobs: jobs.compactMap { entries[$0]?.job }, replayed: false)
    }

    public func job(_ id: UUID, tenant: String) throws(Failure) -> Job {
        try beThere()
        return try entry(id, of: tenant).job
    }

    public func workflow(_ id: UUID, tenant: String) throws(Failure) -> [Job] {
        try beThere()
        let jobs = order.compactMap { entries[$0]?.job }.filter { $0.workflow == id && $0.tenant == tenant }
        guard !jobs.isEmpty else { throw Failure(.notFound, "There is no such workflow.") }
        return jobs
    }

    public func recipe(ofWorkflow id: UUID, tenant: String) throws(Failure) -> RecipeStamp? {
        try beThere()
        return recipes[id]
    }

    public func jobs(_ filter: JobFilter, tenant: String) throws(Failure) -> JobPage {
        try beThere()
        let all = order.reversed().compactMap { entries[$0]?.job }.filter { job in
            job.tenant == tenant && (filter.states.isEmpty || filter.states.contains(job.state))
                && (filter.kind == nil || filter.kind == job.request.kind)
                && (filter.subject == nil || filter.subject == job.request.subject)
                && (filter.workflow == nil || filter.workflow == job.workflow)
        }
        let first = filter.cursor.flatMap { Int($0) } ?? 0
        let page = all.dropFirst(first).prefix(filter.limit)
        let end = first + page.count
        return JobPage(jobs: Array(page), next: end < all.count ? String(end) : nil)
    }

    public func cancel(_ id: UUID, tenant: String) throws(Failure) -> Job {
        try beThere()
        let entry = try entry(id, of: tenant)
        if entry.job.state == .running {
            change(id) { $0.isCancelRequested = true }
        } else if !entry.job.state.isFinal {
            finish(id, .canceled, nil)
        }
        return try self.entry(id, of: tenant).job
    }

    public func retry(_ id: UUID, tenant: String) throws(Failure) -> Job {
        try beThere()
        guard [.failed, .canceled].contains(try entry(id, of: tenant).job.state) else {
            throw Failure(.conflict, "Only a failed or canceled job can be tried again.")
        }
        change(id) { entry in
            (entry.job.state, entry.job.attempt, entry.isCancelRequested) = (.queued, 0, false)
        }
        wake()
        return try entry(id, of: tenant).job
    }

    public func own(blob sha256: String, bytes: Int, tenant: String) throws(Failure) {
        try beThere()
        owners[sha256, default: []].insert(tenant)
    }

    public func owns(blob sha256: String, tenant: String) throws(Failure) -> Bool {
        try beThere()
        return owners[sha256]?.contains(tenant) ?? false
    }

    /// Frees, fails or cancels every job whose dependencies came to an end.
    func settleDependents() {
        for id in order {
            guard let entry = entries[id], entry.job.state == .blocked else { continue }
            let parents = entry.dependencies.compactMap { entries[$0]?.job.state }
            guard parents.allSatisfy(\.isFinal) else { continue }
            let lost = parents.filter { !$0.hasResult }
            if lost.isEmpty || (entry.toleratesFailure && lost.count < parents.count) {
                change(id) { $0.job.state = .queued }
                wake()
            } else {
                let failure = Failure(.dependencyFailed, "A job that this one needs did not succeed.")
                let record = FailureRecord(failure: failure, attempt: 0, at: now())
                finish(id, lost.contains(.failed) ? .failed : .canceled, record)
            }
        }
    }

    private func add(_ request: JobRequest, tenant: String) -> UUID {
        let id = UUID()
        let isDue = (request.runAt ?? now()) <= now()
        entries[id] = Entry(
            job: Job(id: id, tenant: tenant, request: request, state: isDue ? .queued : .scheduled, createdAt: now()))
        order.append(id)
        return id
    }

    private func replay(of request: some Encodable, _ tenant: String, _ key: String?) throws(Failure) -> Enqueued? {
        guard let key, let known = keys["\(tenant) \(key)"] else { return nil }
        guard known.request == (try JSON.encode(request)) else {
            throw Failure(.idempotencyMismatch, "The key was used with another request.")
        }
        return Enqueued(
            workflow: known.workflow, jobs: known.jobs.compactMap { entries[$0]?.job }, replayed: true)
    }

    private func remember(
        _ jobs: [UUID], _ workflow: UUID?, _ request: some Encodable, _ tenant: String, _ key: String?
    ) {
        guard let key, let json = try? JSON.encode(request) else { return }
        keys["\(tenant) \(key)"] = (json, jobs, workflow)
    }
}
