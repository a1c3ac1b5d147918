internal import Foundation

/// How far a walk through all blobs has come, as a bar a phase; nothing is shown of what is over within a second.
final class StoreProgress {
    private var bars = ProgressBars()
    private var phases: [ProgressBars.Bar] = []
    private var total = 0
    private var done = 0
    private var begun = ContinuousClock.now
    private var shown = ContinuousClock.now
    private let draws: (([ProgressBars.Bar]) -> Void)?
    private let now: () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - draws: takes the bars in place of the terminal; for tests.
    ///   - now: the clock.
    init(
        now: @escaping () -> ContinuousClock.Instant = { .now }, draws: (([ProgressBars.Bar]) -> Void)? = nil
    ) {
        (self.now, self.draws) = (now, draws)
    }

    /// Begins a phase; the one before is over.
    ///
    /// - Parameter total: blobs that are expected; their number may change while they are walked through.
    func begin(_ title: String, of total: Int) {
        finish()
        phases.append(ProgressBars.Bar(title: title, fraction: 0, note: ""))
        (self.total, done, begun, shown) = (total, 0, now(), now())
    }

    /// One blob more.
    func step() {
        done += 1
        let moment = now()
        guard moment - begun > .seconds(1), moment - shown > .milliseconds(100) else { return }
        shown = moment
        draw(fraction: total > 0 ? min(Double(done) / Double(total), 0.99) : 0, after: moment - begun)
    }

    /// Ends the last phase.
    func finish() {
        guard !phases.isEmpty, phases[phases.count - 1].fraction < 1 else { return }
        // What was never shown is over too soon to be worth a line.
        if phases[phases.count - 1].note.isEmpty {
            phases.removeLast()
        } else {
            draw(fraction: 1, after: now() - begun)
        }
    }

    private func draw(fraction: Double, after time: Duration) {
        var notes = ["\(BackfillView.grouped(done)) blobs"]
        if fraction > 0.01, fraction < 1 {
            notes.append(BackfillView.time(time / .seconds(1) * (1 - fraction) / fraction) + " left")
        }
        phases[phases.count - 1].fraction = fraction
        phases[phases.count - 1].note = notes.joined(separator: "  ")
        if let draws { draws(phases) } else { bars.draw(phases) }
    }
}
