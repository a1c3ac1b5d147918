internal import Pipeline

/// The executors of one worker: started ahead, lent to one attempt at a time, replaced when they have grown or ended.
actor ExecutorPool {
    struct Policy: Sendable {
        var command: ExecutorCommand
        /// Started before there is work, with the models of these kinds loaded; 0 starts each when it is first needed.
        var ahead: Int
        var warm: [Kind]
        var recycleAfterJobs: Int
        var recycleAboveBytes: Int
        /// How long a new executor may take to say hello.
        var patience: Duration = .seconds(30)
    }

    private var policy: Policy
    private let log: Log
    private var idle: [ExecutorProcess] = []
    private var lent: [ObjectIdentifier: ExecutorProcess] = [:]
    private var isOpen = true

    init(_ policy: Policy, log: Log) { (self.policy, self.log) = (policy, log) }

    /// Starts executors ahead; one that does not start is tried again when it is needed.
    func open() {
        while idle.count < policy.ahead, let executor = try? start() { idle.append(executor) }
    }

    /// Changes how many are kept ready; those that are one too many end when they come back.
    func keepReady(_ count: Int) {
        guard policy.ahead > 0 else { return }
        policy.ahead = max(count, 1)
        while idle.count > policy.ahead { idle.removeFirst().kill() }
        if isOpen { open() }
    }

    /// An executor that said hello.
    ///
    /// - Throws: `workerCrashed` when none can be started.
    func lend() async throws(Failure) -> ExecutorProcess {
        while isOpen {
            let executor = if let waiting = idle.popLast() { waiting } else { try start() }
            lent[ObjectIdentifier(executor)] = executor
            let isReady = await executor.greeting.wait()
            if isReady, executor.isFit { return executor }
            lent[ObjectIdentifier(executor)] = nil
            // One that ended after its hello ended in idleness; only one that never came up is worth an error.
            if isReady { continue }
            throw Failure(
                .workerCrashed, "The executor can't be started.", detail: executor.ending.value?.words)
        }
        throw Failure(.cancelled, "The worker is stopping.")
    }

    /// Takes an executor back; a used-up one is ended and replaced.
    func takeBack(_ executor: ExecutorProcess) {
        lent[ObjectIdentifier(executor)] = nil
        guard isOpen, !isUsedUp(executor), policy.ahead == 0 || idle.count < policy.ahead else {
            executor.kill()
            if isOpen { open() }
            return
        }
        idle.append(executor)
    }

    /// Ends every executor and waits for their burial.
    func close() async {
        isOpen = false
        let all = idle + Array(lent.values)
        idle = []
        for executor in all { executor.kill() }
        for executor in all { _ = await executor.ending.wait() }
    }

    private func isUsedUp(_ executor: ExecutorProcess) -> Bool {
        guard executor.isFit, let memory = executor.memory else { return true }
        return executor.jobs >= policy.recycleAfterJobs || memory.resident > policy.recycleAboveBytes
    }

    private func start() throws(Failure) -> ExecutorProcess {
        guard isOpen else { throw Failure(.cancelled, "The worker is stopping.") }
        let executor = try ExecutorProcess(policy.command)
        log.debug("Started an executor", ["executor.pid": .int(Int(executor.pid))])
        if policy.ahead > 0, !policy.warm.isEmpty { executor.warm(policy.warm) }
        let patience = policy.patience
        Task {
            try? await Task.sleep(for: patience)
            if executor.greeting.value == nil { executor.kill() }
        }
        return executor
    }
}
