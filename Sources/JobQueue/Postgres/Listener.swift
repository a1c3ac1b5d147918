internal import Foundation
internal import Synchronization

/// Listens on a direct connection for news of queued jobs, on a thread of its own, and wakes those who wait.
///
/// A hint only: without the connection (or behind a transaction pooler, which swallows notifications) everybody waits
/// their time out.
final class Listener: Sendable {
    private let url: String
    private let state = Mutex(State())

    private struct State {
        var started = false
        var stopped = false
        /// Something came while nobody waited; the next one to wait does not.
        var pending = false
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var next: UInt64 = 0
    }

    init(url: String) { self.url = url }

    deinit { stop() }

    /// Returns at the next notification, after `timeout`, or when the task is cancelled.
    func wait(_ timeout: Duration) async {
        startOnce()
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    if state.pending || state.stopped || Task.isCancelled {
                        state.pending = false
                        return false
                    }
                    state.waiting[ticket] = continuation
                    return true
                }
                guard waits else { return continuation.resume() }
                let (seconds, attoseconds) = timeout.components
                let delay = Double(seconds) + Double(attoseconds) / 1e18
                DispatchQueue.global().asyncAfter(deadline: .now() + delay) { [weak self] in self?.expire(ticket) }
            }
        } onCancel: {
            expire(ticket)
        }
    }

    func stop() {
        state.withLock { state in state.stopped = true }
        wakeAll()
    }

    private func expire(_ ticket: UInt64) {
        state.withLock { state in state.waiting.removeValue(forKey: ticket) }?.resume()
    }

    private func wakeAll() {
        let waiting = state.withLock { state in
            state.pending = state.waiting.isEmpty
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    private func startOnce() {
        let first = state.withLock { state in
            defer { state.started = true }
            return !state.started
        }
        guard first else { return }
        let url = url
        Thread.detachNewThread { [weak self] in
            while self?.isStopped == false {
                Self.listen(url) { [weak self] news in
                    if news { self?.wakeAll() }
                    return self?.isStopped == false
                }
                Thread.sleep(forTimeInterval: Self.reconnectSeconds)
            }
        }
    }

    private var isStopped: Bool { state.withLock { $0.stopped } }

    private static let reconnectSeconds = 0.5
    private static let statement = Statement("listener.listen", "listen rundum_work")

    /// Listens until the connection ends or `goOn` answers false.
    private static func listen(_ url: String, goOn: (_ news: Bool) -> Bool) {
        guard let connection = try? Connection(url), (try? connection.query(statement)) != nil else { return }
        // What was queued before LISTEN took hold is found by the claim that this wakes.
        var news = true
        while goOn(news) {
            guard let came = try? connection.waitForNotification(milliseconds: 500) else { return }
            news = came
        }
    }
}
