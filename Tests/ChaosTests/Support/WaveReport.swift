import Foundation

/// What came of a wave.
struct WaveReport: Sendable {
    let name: String
    let jobs: Int
    let seconds: Double
    let tally: WaveTally
    /// What was done to it, and how often.
    let blows: [String: Int]
    let violations: [String]

    /// One line: name, jobs, seconds, ends, attempts, rescued, longest rescue, longest attempt, blows, verdict.
    var row: String {
        let ends = tally.ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let blows = blows.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return [
            name, "\(jobs)", String(format: "%.0f", seconds), ends, "\(tally.attempts)", "\(tally.rescued)",
            String(format: "%.1f", tally.longestRescue), String(format: "%.1f", tally.longestAttempt), blows,
            violations.isEmpty ? "held" : "BROKEN",
        ].joined(separator: "\t")
    }

    /// Says it on the terminal, and adds it to the table that `CHAOS_REPORT` names.
    func publish() {
        Self.say(row.replacing("\t", with: " | "))
        for violation in violations { Self.say("  \(name): \(violation)") }
        guard let path = ProcessInfo.processInfo.environment["CHAOS_REPORT"], let file = fopen(path, "a") else {
            return
        }
        fputs(row + "\n", file)
        fclose(file)
    }

    static func say(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8)) }
}
