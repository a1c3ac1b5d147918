internal import JobQueue
internal import Pipeline

extension Worker {
    /// Keeps the lease, reports progress and learns what was cancelled or lost, until its task is cancelled.
    func heartbeats() async {
        while true {
            try? await Task.sleep(for: configuration.heartbeat)
            if Task.isCancelled { return }
            do throws(Failure) { try await beat() } catch {
                if Task.isCancelled { return }
                if error.kind == .unavailable {
                    await link.recover(from: error)
                } else {
                    log.error("A heartbeat failed", error.logData)
                }
            }
        }
    }

    private func beat() async throws(Failure) {
        if state.isInDoubt(since: configuration.doubt) {
            // Not by leaving and joining anew, which would have to wait for everything that is held. One that is only late
            // is taken again: its fence is stale then.
            try await store.release(
                state.worker, except: Set(state.held.map(\.claim.fence)), olderThan: configuration.answer)
        }
        let held = state.held.sorted { $0.claim.fence < $1.claim.fence }
        let reply = try await store.heartbeat(
            state.worker, lease: configuration.lease, attempts: held.map(\.report))
        state.noteContact()
        // Of two attempts at one job the younger has the fence, so the older is the lost one.
        for job in reply.cancelled { held.last { $0.claim.job == job }?.stop(.caller) }
        for job in reply.lost { held.first { $0.claim.job == job }?.stop(.leaseLost) }
        guard reply.expired else { return }
        log.warning("The lease ran out; what was held is given up", ["worker.id": .int(Int(state.worker))])
        state.stopAll(.leaseLost)
        try await join()
        state.ring()
    }

    /// Has the queue rescue the dead's attempts and promote what is due, until its task is cancelled.
    func sweeps() async {
        while true {
            try? await Task.sleep(for: configuration.sweep)
            if Task.isCancelled { return }
            // After an outage the own lease comes first: a sweep would take this worker itself for dead.
            guard state.hadContact(within: configuration.lease / 2) else { continue }
            do throws(Failure) {
                let report = try await store.sweep()
                if report.rescued > 0 { log.warning("Rescued attempts", ["rescued": .int(report.rescued)]) }
                if report.rescued + report.promoted > 0 { state.ring() }
            } catch {
                if error.kind != .unavailable { log.error("A sweep failed", error.logData) }
            }
        }
    }

    /// Has the queue make partitions and drop what was kept long enough, until its task is cancelled.
    func keepsHouse() async {
        while !Task.isCancelled {
            do throws(Failure) {
                let report = try await store.keepHouse()
                if report != HouseReport() {
                    log.info(
                        "Kept house",
                        [
                            "weeks.made": .int(report.weeksMade), "weeks.dropped": .int(report.weeksDropped),
                            "jobs.deleted": .int(report.jobsDeleted),
                        ])
                }
            } catch {
                // A lock that was not to be had, or an outage: the next pass will do it.
                if error.kind != .unavailable { log.error("Keeping house failed", error.logData) }
            }
            try? await Task.sleep(for: configuration.housekeeping)
        }
    }
}
