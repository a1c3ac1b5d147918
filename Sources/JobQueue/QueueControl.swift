public import Foundation
public import Pipeline

/// What operators and reviewers do to the queue.
public protocol QueueControl: Sendable {
    /// A person looked at a job in review and found it good; asked again, it answers the job as it is. A job that asks
    /// something (`ReviewFlag.answers`) runs once more with the answer, and what waited for its outputs follows.
    ///
    /// - Parameter answer: one of those that the job asks for; `approve` is the plain yes, also where nothing is asked.
    /// - Throws: `conflict` when the job is not in review or does not know the answer, `notFound`.
    func approve(_ id: UUID, answer: String, tenant: String) async throws(Failure) -> Job
    /// A person looked and found it not to be used: the job ends `failed` with `rejected`, its outputs are gone from it.
    ///
    /// - Parameter reason: for people, in a sentence.
    func reject(_ id: UUID, reason: String, tenant: String) async throws(Failure) -> Job

    /// Sets a tenant's limits, for what waits and runs too; nil takes them away.
    ///
    /// - Throws: `invalidRequest` for limits out of range.
    func limit(_ tenant: String, to limits: TenantLimits?) async throws(Failure)
    /// Claims of the lane stop; what runs goes on.
    func pause(_ lane: QueueLane) async throws(Failure)
    func resume(_ lane: QueueLane) async throws(Failure)

    /// The limits of every tenant that has some, by its name.
    func tenantLimits() async throws(Failure) -> [String: TenantLimits]
    /// Lanes that are paused.
    func pausedLanes() async throws(Failure) -> Set<QueueLane>
}

/// The two halves of the queue: a backfill waits behind everything that somebody is waiting for.
public enum QueueLane: String, Sendable, CaseIterable {
    /// Priorities 0 to 2.
    case live
    /// Priority 3.
    case bulk
}

extension QueueControl {
    /// The plain yes.
    public func approve(_ id: UUID, tenant: String) async throws(Failure) -> Job {
        try await approve(id, answer: "approve", tenant: tenant)
    }
}

extension JobRequest {
    public var lane: QueueLane { priority < 3 ? .live : .bulk }
}

/// How much of the workers a tenant may have.
public struct TenantLimits: Sendable, Equatable, Codable {
    /// Jobs that run at one time; 0 stops the tenant, nil leaves it open.
    public var maxRunning: Int?
    /// Starts a minute, nil leaves it open.
    public var perMinute: Double?
    /// How many of those may come at once after a quiet time.
    public var burst: Int

    public init(maxRunning: Int? = nil, perMinute: Double? = nil, burst: Int = 1) {
        (self.maxRunning, self.perMinute, self.burst) = (maxRunning, perMinute, burst)
    }
}

extension PostgresJobStore: QueueControl {
    public func approve(_ id: UUID, answer: String, tenant: String) async throws(Failure) -> Job {
        try await decide(id, tenant, answer: answer, Failure(.rejected, ""))
    }

    public func reject(_ id: UUID, reason: String, tenant: String) async throws(Failure) -> Job {
        try await decide(
            id, tenant, answer: nil,
            Failure(.rejected, reason.isEmpty ? "A person looked at the result and refused it." : reason))
    }

    private func decide(
        _ id: UUID, _ tenant: String, answer: String?, _ failure: Failure
    ) async throws(Failure) -> Job {
        let rows = try await database.query(
            ControlStatements.decide,
            [
                .text(tenant), .uuid(id), .bool(answer != nil), .json(try StoredJSON.tolerant(failure)),
                .text(answer ?? ""),
            ])
        guard let row = rows.first else { throw Failure(.notFound, "There is no such job.") }
        return try Job(row, tenant: tenant)
    }

    public func limit(_ tenant: String, to limits: TenantLimits?) async throws(Failure) {
        guard !tenant.isEmpty else { throw Failure(.invalidRequest, "The tenant has no name.") }
        if let limits {
            guard limits.maxRunning ?? 0 >= 0, limits.maxRunning ?? 0 <= Int(Int32.max) else {
                throw Failure(.invalidRequest, "A tenant can't run \(limits.maxRunning ?? 0) jobs at one time.")
            }
            guard limits.perMinute.map({ $0 > 0 && $0.isFinite }) ?? true, (1...1_000_000).contains(limits.burst) else {
                throw Failure(.invalidRequest, "A rate is above 0 a minute, its burst from 1 to 1,000,000.")
            }
        }
        _ = try await database.query(
            ControlStatements.limit,
            [.text(tenant), .int(limits?.maxRunning), .double(limits?.perMinute), .int(limits?.burst)])
    }

    public func pause(_ lane: QueueLane) async throws(Failure) {
        _ = try await database.query(ControlStatements.pause, [.text(lane.rawValue), .bool(true)])
    }

    public func resume(_ lane: QueueLane) async throws(Failure) {
        _ = try await database.query(ControlStatements.pause, [.text(lane.rawValue), .bool(false)])
    }

    public func tenantLimits() async throws(Failure) -> [String: TenantLimits] {
        var limits: [String: TenantLimits] = [:]
        for row in try await database.query(ControlStatements.limits) {
            limits[try row.text("tenant")] = TenantLimits(
                maxRunning: try row.optional("max_running") == nil ? nil : try row.int("max_running"),
                perMinute: try row.optional("per_minute") == nil ? nil : try row.double("per_minute"),
                burst: try row.int("burst"))
        }
        return limits
    }

    public func pausedLanes() async throws(Failure) -> Set<QueueLane> {
        var lanes: Set<QueueLane> = []
        for row in try await database.query(ControlStatements.paused) {
            if let lane = QueueLane(rawValue: try row.text("lane")) { lanes.insert(lane) }
        }
        return lanes
    }
}

private enum ControlStatements {
    static let decide = Statement("control.decide", "select \(Job.columns) from rundum.decide($1, $2, $3, $4, $5) j")
    static let limit = Statement("control.limit", "select rundum.set_limit($1, $2, $3, $4)")
    static let limits = Statement(
        "control.limits",
        """
        select t.key as tenant, l.max_running, l.per_minute, l.burst
        from rundum.tenant_limit l join rundum.tenant t on t.id = l.tenant_id
        """)
    static let paused = Statement(
        "control.paused",
        "select distinct case when b.priority < 3 then 'live' else 'bulk' end as lane from rundum.band b where b.paused"
    )
    static let pause = Statement("control.pause", "select rundum.set_paused($1, $2)")
}
