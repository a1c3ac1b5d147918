public import Foundation
public import Pipeline

extension PostgresJobStore {
    public func enqueue(
        _ request: JobRequest, tenant: String, idempotencyKey: String?
    ) async throws(Failure) -> Enqueued {
        try request.checkShape()
        guard request.inputs.allSatisfy(\.isBlob) else {
            throw Failure(
                .invalidInputs, "An input names another job's output.", hint: "Only steps of a workflow can do that.")
        }
        return try await enqueue(
            [StoredJSON.step(request)], name: nil, tenant: tenant, idempotencyKey: idempotencyKey)
    }

    public func enqueue(
        _ workflow: WorkflowRequest, tenant: String, idempotencyKey: String?
    ) async throws(Failure) -> Enqueued {
        try workflow.validate()
        for step in workflow.steps { try step.job.checkShape() }
        let steps = try workflow.steps.map { step throws(Failure) in try StoredJSON.step(step) }
        return try await enqueue(
            steps, name: workflow.name, tenant: tenant, idempotencyKey: idempotencyKey, recipe: workflow.recipe,
            asked: workflow.asked)
    }

    private func enqueue(
        _ steps: [JSONValue], name: String?, tenant: String, idempotencyKey: String?, recipe: RecipeStamp? = nil,
        asked: String? = nil
    ) async throws(Failure) -> Enqueued {
        guard !tenant.isEmpty else { throw Failure(.invalidRequest, "The tenant has no name.") }
        guard idempotencyKey?.isEmpty != true else {
            throw Failure(.invalidRequest, "The idempotency key is empty.", hint: "Leave it out or fill it.")
        }
        let rows = try await database.query(
            IntakeStatements.enqueue,
            [
                .text(tenant), .text(name), .json(try StoredJSON.steps(steps)), .text(idempotencyKey),
                try recipe.map { stamp throws(Failure) in .json(try JSON.encode(stamp)) } ?? .null, .text(asked),
            ])
        return Enqueued(
            workflow: try rows.first?.optionalUUID("workflow"),
            jobs: try rows.map { row throws(Failure) in try Job(row, tenant: tenant) },
            replayed: try rows.first?.bool("replayed") ?? false)
    }

    public func job(_ id: UUID, tenant: String) async throws(Failure) -> Job {
        let rows = try await database.query(IntakeStatements.job, [.text(tenant), .uuid(id)])
        guard let row = rows.first else { throw Failure(.notFound, "There is no such job.") }
        return try Job(row, tenant: tenant)
    }

    public func jobs(_ ids: [UUID], tenant: String) async throws(Failure) -> [Job] {
        guard !ids.isEmpty else { return [] }
        let rows = try await database.query(IntakeStatements.jobs, [.text(tenant), .array(ids)])
        return try rows.map { row throws(Failure) in try Job(row, tenant: tenant) }
    }

    public func workflow(_ id: UUID, tenant: String) async throws(Failure) -> [Job] {
        let rows = try await database.query(IntakeStatements.workflow, [.text(tenant), .uuid(id)])
        guard !rows.isEmpty else { throw Failure(.notFound, "There is no such workflow.") }
        return try rows.map { row throws(Failure) in try Job(row, tenant: tenant) }
    }

    public func recipe(ofWorkflow id: UUID, tenant: String) async throws(Failure) -> RecipeStamp? {
        let rows = try await database.query(IntakeStatements.workflowRecipe, [.text(tenant), .uuid(id)])
        return try rows.first?.optionalJSON("recipe")
    }

    public func jobs(_ filter: JobFilter, tenant: String) async throws(Failure) -> JobPage {
        guard (1...200).contains(filter.limit) else {
            throw Failure(.invalidRequest, "The limit is \(filter.limit).", hint: "1 to 200 are allowed.")
        }
        if let cursor = filter.cursor, UUID(uuidString: cursor) == nil {
            throw Failure(.invalidRequest, "The cursor is not one of ours.", hint: "Begin again without a cursor.")
        }
        let states = filter.states.map(\.rawValue).sorted()
        // One more than asked for tells whether there is a following page.
        let rows = try await database.query(
            IntakeStatements.list,
            [
                .text(tenant), states.isEmpty ? .null : .array(states), .text(filter.kind?.rawValue),
                .text(filter.subject), .uuid(filter.workflow), .text(filter.cursor), .int(filter.limit + 1),
            ])
        let jobs = try rows.prefix(filter.limit).map { row throws(Failure) in try Job(row, tenant: tenant) }
        return JobPage(jobs: jobs, next: rows.count > filter.limit ? jobs.last?.id.uuidString.lowercased() : nil)
    }

    public func cancel(_ id: UUID, tenant: String) async throws(Failure) -> Job {
        try await change(IntakeStatements.cancel, id, tenant)
    }

    public func retry(_ id: UUID, tenant: String) async throws(Failure) -> Job {
        try await change(IntakeStatements.retry, id, tenant)
    }

    private func change(_ statement: Statement, _ id: UUID, _ tenant: String) async throws(Failure) -> Job {
        let rows = try await database.query(statement, [.text(tenant), .uuid(id)])
        guard let row = rows.first else { throw Failure(.notFound, "There is no such job.") }
        return try Job(row, tenant: tenant)
    }

    public func own(blob sha256: String, bytes: Int, tenant: String) async throws(Failure) {
        guard sha256.isSHA256, bytes >= 0, !tenant.isEmpty else {
            throw Failure(.invalidRequest, "A blob is named by its SHA-256 in 64 lower-case hexadecimal digits.")
        }
        _ = try await database.query(IntakeStatements.own, [.text(tenant), .text(sha256), .int(bytes)])
    }

    public func owned(blobs: Set<String>, tenant: String) async throws(Failure) -> Set<String> {
        let hashes = blobs.filter(\.isSHA256)
        guard !hashes.isEmpty else { return [] }
        let rows = try await database.query(IntakeStatements.owned, [.text(tenant), .array(hashes.sorted())])
        return Set(try rows.map { row throws(Failure) -> String in try row.text("sha256") })
    }

    public func owns(blob sha256: String, tenant: String) async throws(Failure) -> Bool {
        guard sha256.isSHA256 else { return false }
        let rows = try await database.query(IntakeStatements.owns, [.text(tenant), .text(sha256)])
        return try rows.first?.bool("found") ?? false
    }
}

extension JobRequest {
    /// What the tables' checks hold too, in words.
    func checkShape() throws(Failure) {
        guard !kind.rawValue.isEmpty else { throw Failure(.unknownKind, "The job has no kind.") }
        guard (0...3).contains(priority) else {
            throw Failure(.invalidRequest, "The priority is \(priority).", hint: "0 (first) to 3 (last) are allowed.")
        }
        guard (1...1000).contains(maxAttempts) else {
            throw Failure(.invalidRequest, "The attempts are \(maxAttempts).", hint: "1 to 1000 are allowed.")
        }
        guard options.objectValue != nil else { throw Failure(.invalidOptions, "The options are not an object.") }
    }
}

extension JobInput {
    fileprivate var isBlob: Bool { if case .blob = source { true } else { false } }
}

extension String {
    fileprivate var isSHA256: Bool {
        utf8.count == 64
            && utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
