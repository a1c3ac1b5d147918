internal import JobQueue
internal import Pipeline

/// What reviewers and operators do.
extension JobAPI {
    /// `POST /v1/jobs/{id}/approve`, with `answer` where the job asks something
    func approveJob(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let said = call.body.isEmpty ? nil : try BodyReader(call.body, known: ["answer"]).text("answer", longest: 100)
        return changed(
            shown(try await control.approve(try call.id, answer: said ?? "approve", tenant: call.tenant), to: call))
    }

    /// `POST /v1/jobs/{id}/reject`, with `reason` if wished
    func rejectJob(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let reason = try BodyReader(call.body, known: ["reason"]).text("reason", longest: 500) ?? ""
        return changed(shown(try await control.reject(try call.id, reason: reason, tenant: call.tenant), to: call))
    }

    /// `GET /v1/queues`
    func listQueues(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let paused = try await control.pausedLanes()
        return .json { writer in
            writer.key("queues")
            writer.array(QueueLane.allCases) { writer, lane in
                writer.object { Self.members(lane, paused: paused.contains(lane), into: &$0) }
            }
        }
    }

    /// `POST /v1/queues/{name}/pause`
    func pauseQueue(_ call: Call) async throws -> Response {
        let lane = try call.lane
        try await control.pause(lane)
        return Self.state(of: lane, paused: true)
    }

    /// `POST /v1/queues/{name}/resume`
    func resumeQueue(_ call: Call) async throws -> Response {
        let lane = try call.lane
        try await control.resume(lane)
        return Self.state(of: lane, paused: false)
    }

    private static func state(of lane: QueueLane, paused: Bool) -> Response {
        .json { Self.members(lane, paused: paused, into: &$0) }
    }

    private static func members(_ lane: QueueLane, paused: Bool, into writer: inout JSONWriter) {
        writer.member("name", lane.rawValue)
        writer.key("paused")
        writer.bool(paused)
    }

    /// `GET /v1/limits`: of every tenant that has some.
    func listLimits(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let all = try await control.tenantLimits().sorted { $0.key < $1.key }
        return .json { writer in
            writer.key("limits")
            writer.array(all) { writer, one in
                writer.object { Self.members(one.value, of: one.key, into: &$0) }
            }
        }
    }

    /// `PUT /v1/limits`: of any tenant; without `running` and `perMinute` it has none any more.
    func putLimits(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let body = try BodyReader(call.body, known: ["tenant", "running", "perMinute", "burst"])
        let tenant = try body.requiredText("tenant", longest: 200)
        let limits = TenantLimits(
            maxRunning: try body.int("running", in: 0...1_000_000),
            perMinute: try body.number("perMinute", in: 0.001...1_000_000),
            burst: try body.int("burst", in: 1...1_000_000) ?? 1)
        let isFree = limits.maxRunning == nil && limits.perMinute == nil
        if isFree, body.has("burst") { throw body.fault("burst", "goes with perMinute") }
        try await control.limit(tenant, to: isFree ? nil : limits)
        return .json { Self.members(isFree ? nil : limits, of: tenant, into: &$0) }
    }

    private static func members(_ limits: TenantLimits?, of tenant: String, into writer: inout JSONWriter) {
        writer.member("tenant", tenant)
        writer.member("running", limits?.maxRunning)
        writer.key("perMinute")
        writer.value(limits?.perMinute.map { .number($0) } ?? .null)
        writer.member("burst", limits?.burst)
    }
}

extension JobAPI.Call {
    fileprivate var lane: QueueLane {
        get throws {
            try checkEmptyBody()
            guard case .name(let name) = parameter, let lane = QueueLane(rawValue: name) else {
                throw Failure(.notFound, "There is no such queue.", hint: "Queues are live and bulk.")
            }
            return lane
        }
    }
}
