internal import Pipeline

/// Calls the job store until it answers; a database that is away is waited for, and woken up where somebody can.
actor StoreLink {
    private let revive: @Sendable () async throws(Failure) -> Void
    private let log: Log
    private var reviving: Task<Void, Never>?
    private var lastWarning: ContinuousClock.Instant?

    init(revive: @escaping @Sendable () async throws(Failure) -> Void, log: Log) {
        (self.revive, self.log) = (revive, log)
    }

    /// The answer, which is asked for again while the store is unavailable.
    ///
    /// - Parameter givingUp: asked after each failed try; true passes the failure on.
    nonisolated func call<Value: Sendable>(
        givingUp: @Sendable () -> Bool, ask: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        var pause = Duration.milliseconds(50)
        while true {
            do throws(Failure) { return try await ask() } catch {
                guard error.kind == .unavailable, !givingUp() else { throw error }
                await recover(from: error)
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// Wakes the database up, once for everybody who asks meanwhile.
    func recover(from failure: Failure) async {
        if let reviving { return await reviving.value }
        // Every loop comes here twice a second during an outage; one line in a while says it.
        if lastWarning.map({ ContinuousClock.now - $0 > .seconds(10) }) ?? true {
            log.warning("Lost the job store", failure.logData)
            lastWarning = .now
        }
        let task = Task { [revive, log] in
            do throws(Failure) { try await revive() } catch {
                log.warning("The job store could not be revived", error.logData)
            }
        }
        reviving = task
        await task.value
        reviving = nil
    }
}
