public import Foundation
public import Pipeline

/// How much a worker takes on; it may be changed while the worker runs, see `Worker.apply`.
public struct WorkerLimits: Sendable, Equatable {
    /// Attempts at one time, each in an executor of its own.
    public var executors = max(1, min(ProcessInfo.processInfo.activeProcessorCount, 2))
    /// Places beside those that only live jobs take, while bulk ones hold the others.
    public var liveExtra = 1
    /// Budgets of attempts that run together stay under these.
    public var memoryBytes = Int(ProcessInfo.processInfo.physicalMemory / 10 * 8)
    public var threads = max(4, 2 * ProcessInfo.processInfo.activeProcessorCount)
    /// How long running attempts may go on after `stop()`; then they are handed back.
    public var drain = Duration.seconds(30)

    public init() {}

    /// These limits with what a JSON object says of `executors` (1...64), `liveExtra` (0...64), `memoryMegabytes`,
    /// `threads` (1...1024) and `drainSeconds` (0...86400).
    ///
    /// - Throws: `invalidRequest` that names the member which is unknown or out of range.
    public func changed(by json: Data) throws(Failure) -> WorkerLimits {
        guard let members = try JSON.decode(JSONValue.self, from: json).objectValue else {
            throw Failure(.invalidRequest, "The worker's settings are not a JSON object.", hint: Self.example)
        }
        var limits = self
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "executors": limits.executors = try Self.integer(value, 1...64, name)
            case "liveExtra": limits.liveExtra = try Self.integer(value, 0...64, name)
            case "memoryMegabytes": limits.memoryBytes = try Self.integer(value, 1...(1 << 30), name) << 20
            case "threads": limits.threads = try Self.integer(value, 1...1024, name)
            case "drainSeconds": limits.drain = .seconds(try Self.integer(value, 0...86400, name))
            default:
                throw Failure(
                    .invalidRequest, "There is no member \(name) in the worker's settings.", hint: Self.example)
            }
        }
        return limits
    }

    private static func integer(_ value: JSONValue, _ range: ClosedRange<Int>, _ name: String) throws(Failure) -> Int {
        guard let number = value.intValue, range.contains(number) else {
            throw Failure(
                .invalidRequest, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private static let example = #"For example: {"executors": 4, "liveExtra": 1, "drainSeconds": 60}"#
}
