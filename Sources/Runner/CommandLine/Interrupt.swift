internal import Foundation

/// Ctrl-C and SIGTERM as cancellation of the command's task: it drains and tidies up. The second one ends at once.
enum Interrupt {
    static func run<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        let task = Task { await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { _exit(128 + number) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return await task.value
    }

    /// Returns when the command's task is cancelled.
    static func wait() async {
        let (stream, _) = AsyncStream<Never>.makeStream()
        for await _ in stream {}
    }

    /// Work that must be done although the task is cancelled: letting go of jobs, closing the database.
    static func shielded<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        await Task(operation: body).value
    }
}
