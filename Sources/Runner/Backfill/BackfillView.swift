internal import Foundation
internal import JobQueue
internal import Pipeline

/// What a person sees of a backfill while it is fed: one bar.
struct BackfillView: Sendable, Equatable {
    let title: String
    let tally: BackfillTally
    let perSecond: Double
    /// Why nothing goes in or ends, if so.
    let trouble: String?

    init(_ backfill: Backfill, _ state: FeedState, isOpen: Bool, hasWorkers: Bool) {
        title = backfill.canary > 0 ? "canary" : backfill.spec.name
        tally = backfill.canary > 0 ? state.tally.onlyStarted : state.tally
        perSecond = state.meter.perSecond
        if !hasWorkers, state.tally.underWay > 0 {
            trouble = Self.noWorker
        } else if !isOpen, let window = backfill.pace.window {
            trouble = "waits for \(window.text)"
        } else {
            trouble = nil
        }
    }

    var bar: ProgressBars.Bar {
        let fraction = tally.total == 0 ? 1 : Double(tally.ended) / Double(tally.total)
        return ProgressBars.Bar(title: title, fraction: fraction, note: notes.joined(separator: "  "))
    }

    static let noWorker = "no worker is running"

    private var notes: [String] {
        var notes = ["\(Self.grouped(tally.ended))/\(Self.grouped(tally.total))"]
        if let trouble {
            notes.append(trouble)
        } else if perSecond > 0, tally.ended < tally.total {
            notes.append(Self.time(Double(tally.total - tally.ended) / perSecond) + " left")
        }
        if tally.failed > 0 { notes.append("\(Self.grouped(tally.failed)) failed") }
        if tally.review > 0 { notes.append("\(Self.grouped(tally.review)) to look at") }
        if perSecond > 0 { notes.append(perSecond >= 10 ? "\(Int(perSecond))/s" : String(format: "%.1f/s", perSecond)) }
        return notes
    }

    /// 1,234,567.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in "\(number)".reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// `40 s`, `12 min`, `3 h 20 min`, `4 d`.
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<100: "\(Int(seconds.rounded(.up))) s"
        case ..<5400: "\(Int((seconds / 60).rounded(.up))) min"
        case ..<172_800: "\(Int(seconds / 3600)) h \(Int(seconds / 60) % 60) min"
        default: "\(Int((seconds / 86400).rounded())) d"
        }
    }

    /// 12.3 MB.
    static func size(_ bytes: Double) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        let power = bytes < 1000 ? 0 : min(Int(log10(bytes) / 3), units.count - 1)
        let value = bytes / pow(1000, Double(power))
        return power == 0 ? "\(Int(bytes)) bytes" : String(format: "%.1f %@", value, units[power])
    }
}

extension BackfillTally {
    /// Without what has no job yet.
    fileprivate var onlyStarted: BackfillTally {
        var tally = self
        tally.waiting = 0
        return tally
    }
}
