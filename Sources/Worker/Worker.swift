public import JobQueue
public import Pipeline
public import Storage

/// A supervisor: claims jobs, has executors run them, and tells the queue how they ended. Names no stage.
///
/// One worker is one `run()`. It survives a database that goes away, executors that die, and stops by `stop()`.
public final class Worker: Sendable {
    let store: any JobStore
    let blobs: any BlobStore
    let registry: StageRegistry
    let configuration: WorkerConfiguration
    let state: WorkerState
    let link: StoreLink
    let pool: ExecutorPool
    let admission: Admission
    let desk: ExchangeDesk
    let hint = Hint()
    /// Stands in for executors.
    let performance: (@Sendable (Claim) async -> StageResult)?
    let kinds: [Kind]
    var log: Log { configuration.log }

    public convenience init(
        store: any JobStore, blobs: any BlobStore, registry: StageRegistry, configuration: WorkerConfiguration
    ) {
        self.init(store: store, blobs: blobs, registry: registry, configuration: configuration, performance: nil)
    }

    /// - Parameter performance: does the work in place of executors and cache, to measure everything around it.
    package init(
        store: any JobStore, blobs: any BlobStore, registry: StageRegistry, configuration: WorkerConfiguration,
        performance: (@Sendable (Claim) async -> StageResult)?
    ) {
        self.performance = performance
        let limits = configuration.limits
        state = WorkerState(limits)
        desk = ExchangeDesk(batch: configuration.batch, bulkBatch: configuration.bulkBatch, bell: state.bell)
        (self.store, self.blobs, self.registry, self.configuration) = (store, blobs, registry, configuration)
        kinds = configuration.kinds ?? registry.kinds
        link = StoreLink(revive: configuration.revive, log: configuration.log)
        admission = Admission(bytes: limits.memoryBytes, threads: limits.threads)
        let policy = ExecutorPool.Policy(
            command: configuration.command, ahead: configuration.startsAhead ? limits.executors : 0,
            warm: configuration.warm ?? kinds, recycleAfterJobs: configuration.recycleAfterJobs,
            recycleAboveBytes: configuration.recycleAboveBytes)
        pool = ExecutorPool(policy, log: configuration.log)
    }

    /// Works until `stop()`, and ends with no executor left and nothing held. Cancelling the task hands back at once.
    ///
    /// - Throws: `storageUnavailable` without a scratch folder; `workerCrashed` when executors do not start.
    public func run() async throws(Failure) {
        // A task of its own: once cancelled, a task could neither wait nor tell the queue what it gives back.
        let life = Task { () -> Result<Void, Failure> in
            do throws(Failure) { return .success(try await live()) } catch { return .failure(error) }
        }
        let result = await withTaskCancellationHandler(operation: { await life.value }, onCancel: { stopNow() })
        try result.get()
    }

    /// Claims no more, waits for running attempts up to `drain`, then hands back what is left.
    public func stop() { state.beginStop() }

    /// Hands everything back at once.
    public func stopNow() {
        state.beginStop()
        state.endDrain()
    }

    /// Changes how much the worker takes on, from now on; what runs goes on.
    public func apply(_ limits: WorkerLimits) async {
        state.apply(limits)
        admission.resize(bytes: limits.memoryBytes, threads: limits.threads)
        await pool.keepReady(limits.executors)
        log.info(
            "Changed the limits",
            [
                "executors": .int(limits.executors), "live.extra": .int(limits.liveExtra),
                "threads": .int(limits.threads),
            ])
    }

    private func live() async throws(Failure) {
        let scratch = try ScratchSpace(root: configuration.scratch)
        defer { scratch.clear() }
        await pool.open()
        do throws(Failure) { try await join() } catch {
            await pool.close()
            if state.isStopping { return }
            throw error
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.heartbeats() }
            group.addTask { await self.sweeps() }
            group.addTask { await self.keepsHouse() }
            group.addTask { await self.drain() }
            await dispatch(scratch)
            group.cancelAll()
        }
        await leave()
        await pool.close()
        if let failure = state.fatal { throw failure }
    }

    /// Registers with the queue, waiting for it as long as it takes.
    func join() async throws(Failure) {
        let me = WorkerDescription.current
        let worker = try await link.call(
            givingUp: { state.isStopping },
            ask: { () async throws(Failure) in try await store.register(me, lease: configuration.lease) })
        state.joined(as: worker)
        configuration.onJoined()
        log.info("Joined the queue", ["worker.id": .int(Int(worker)), "worker.pid": .int(Int(me.pid))])
    }

    private func leave() async {
        do throws(Failure) { try await store.deregister(state.worker) } catch {
            log.warning("Could not leave the queue; the lease will run out", error.logData)
        }
    }

    /// After `stop()`: patience first, then the end of it.
    private func drain() async {
        _ = await state.stopped.wait()
        try? await Task.sleep(for: state.limits.drain)
        if !Task.isCancelled { state.endDrain() }
    }
}
