internal import Foundation
internal import Synchronization

/// Ctrl-C and SIGTERM as cancellation of the command's task: it drains and tidies up. The second one ends at once.
enum Interrupt {
    private static let isHandedOver = Atomic(false)

    /// From here on the command answers to signals by itself.
    static func handOver() { isHandedOver.store(true, ordering: .relaxed) }

    static func run<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        let task = Task { await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if isHandedOver.load(ordering: .relaxed) { return }
                if task.isCancelled { _exit(128 + number) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return await task.value
    }

    /// Work that must be done although the task is cancelled: letting go of jobs, closing the database.
    static func shielded<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        await Task(operation: body).value
    }
}
