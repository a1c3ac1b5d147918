internal import Foundation

/// A bar a step on standard error: redrawn in place on a terminal, a line a finished tenth where there is none.
struct ProgressBars {
    struct Bar: Equatable {
        let title: String
        /// 0...1.
        var fraction: Double
        /// What is happening now: `3/8  refining the edge`.
        var note: String
    }

    private var drawn = 0
    private var told: [String: Int] = [:]
    private var last: [Bar] = []

    mutating func draw(_ bars: [Bar]) {
        guard bars != last else { return }
        last = bars
        if Terminal.isLive { redraw(bars) } else { tell(bars) }
    }

    /// The bars as lines of at most `columns` characters.
    static func lines(_ bars: [Bar], columns: Int) -> [String] {
        let titles = bars.map(\.title.count).max() ?? 0
        let width = max(10, min(32, columns - titles - 40))
        return bars.map { bar in
            let fraction = min(max(bar.fraction, 0), 1)
            let filled = Int((fraction * Double(width)).rounded(.down))
            let track = String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
            let percent = String(Int((fraction * 100).rounded(.down))).leftPadded(3)
            let title = bar.title.padding(toLength: titles, withPad: " ", startingAt: 0)
            return String("\(title)  \(track) \(percent) %  \(bar.note)".prefix(columns - 1))
        }
    }

    private mutating func redraw(_ bars: [Bar]) {
        let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        let lines = Self.lines(bars, columns: Terminal.columns).map { "\r\u{1B}[2K\($0)\n" }
        Terminal.raw(up + lines.joined())
        drawn = lines.count
    }

    private mutating func tell(_ bars: [Bar]) {
        for bar in bars {
            let tenth = Int(bar.fraction * 10)
            guard tenth > told[bar.title] ?? 0 else { continue }
            told[bar.title] = tenth
            Terminal.say("\(bar.title): \(tenth * 10) %")
        }
    }
}

extension String {
    func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
