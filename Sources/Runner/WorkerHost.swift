internal import Foundation
internal import Pipeline
internal import Worker

/// A worker inside this process, for as long as a command needs one.
struct WorkerHost {
    private let worker: Worker

    /// - Parameters:
    ///   - kinds: what it claims; nil for all.
    ///   - lease: how long the queue waits for it when it is silent; nil for the usual time.
    ///   - ahead: starts executors and loads models before there is work; without, cached work needs neither.
    ///   - onJoined: called each time the worker has joined the queue.
    init(
        _ installation: Installation, _ registry: StageRegistry, limits: WorkerLimits, kinds: [Kind]? = nil,
        lease: Duration? = nil, ahead: Bool, log: Log, onJoined: @escaping @Sendable () -> Void = {}
    ) {
        var configuration = WorkerConfiguration(scratch: installation.scratch)
        configuration.limits = limits
        configuration.kinds = kinds
        configuration.lease = lease ?? configuration.lease
        configuration.onJoined = onJoined
        configuration.revive = { () async throws(Failure) in try await installation.revive() }
        configuration.log = log
        configuration.command.arguments += ["--home", installation.home.path]
        configuration.startsAhead = ahead
        worker = Worker(
            store: installation.store, blobs: installation.blobs, registry: registry, configuration: configuration)
    }

    /// Works until signals say otherwise: the first one lets running jobs end, the second hands them back.
    ///
    /// - Parameter reload: reads the limits anew.
    func serve(
        _ signals: ServiceSignals, _ notice: ServiceNotice,
        reload: @escaping @Sendable () throws(Failure) -> WorkerLimits
    ) async throws(Failure) {
        let listening = Task { [worker] in
            for await call in signals.calls {
                switch call {
                case .stop:
                    notice.stopping()
                    Terminal.say("draining; once more hands running jobs back")
                    worker.stop()
                case .stopNow: worker.stopNow()
                case .reload:
                    do throws(Failure) { await worker.apply(try reload()) } catch { Terminal.say(error) }
                }
            }
        }
        defer { listening.cancel() }
        try await worker.run()
    }

    /// Works while `body` runs, then drains: at once when the command was interrupted.
    ///
    /// - Throws: what `body` throws, else what ended the worker.
    func run<R: Sendable>(_ body: @escaping @Sendable () async throws(Failure) -> R) async throws(Failure) -> R {
        let task = Task { () -> Result<R, Failure> in
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        let working = Task { [worker] () -> Failure? in
            do throws(Failure) { try await worker.run() } catch {
                task.cancel()
                return error
            }
            return nil
        }
        let outcome = await withTaskCancellationHandler(operation: { await task.value }, onCancel: { task.cancel() })
        if Task.isCancelled { worker.stopNow() } else { worker.stop() }
        if let failure = await working.value { throw failure }
        return try outcome.get()
    }
}

extension Log {
    /// Warnings and errors only, in a file: what a command with progress bars keeps of its worker's words.
    static func file(_ url: URL) -> Log {
        Log(level: .warning) { line in
            guard let file = fopen(url.path, "a") else { return }
            defer { fclose(file) }
            fputs(line + "\n", file)
        }
    }
}
