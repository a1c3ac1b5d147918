internal import Foundation

/// One JSON line an event: the message is a constant sentence, data goes into dotted keys.
public struct Log: Sendable {
    /// `warning`: somebody should look this week; `error`: work was lost or a job discarded.
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error
        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    private let level: Level
    private let metadata: [String: JSONValue]
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - level: the least level that is written.
    ///   - write: takes one line without its end; standard error by default.
    public init(level: Level = .info, write: @escaping @Sendable (String) -> Void = Log.standardError) {
        self.init(level: level, metadata: [:], write: write)
    }

    private init(level: Level, metadata: [String: JSONValue], write: @escaping @Sendable (String) -> Void) {
        (self.level, self.metadata, self.write) = (level, metadata, write)
    }

    /// The same log with more said on every line.
    public func with(_ more: [String: JSONValue]) -> Log {
        Log(level: level, metadata: metadata.merging(more) { _, new in new }, write: write)
    }

    public func debug(_ message: String, _ data: [String: JSONValue] = [:]) { log(.debug, message, data) }
    public func info(_ message: String, _ data: [String: JSONValue] = [:]) { log(.info, message, data) }
    public func warning(_ message: String, _ data: [String: JSONValue] = [:]) { log(.warning, message, data) }
    public func error(_ message: String, _ data: [String: JSONValue] = [:]) { log(.error, message, data) }

    /// Whether such a line would be written.
    public func writes(_ level: Level) -> Bool { level >= self.level }

    public func log(_ level: Level, _ message: String, _ data: [String: JSONValue] = [:]) {
        guard level >= self.level else { return }
        var line = metadata.merging(data) { _, new in new }
        let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        line["ts"] = .string(Date.now.formatted(time))
        line["level"] = .string("\(level)")
        line["message"] = .string(message)
        guard let json = try? JSON.encode(JSONValue.object(line)) else { return }
        write(String(decoding: json, as: UTF8.self))
    }

    /// Writes a line with one system call, so that lines of several processes do not mix.
    public static let standardError: @Sendable (String) -> Void = { line in
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}

extension Failure {
    /// What operators need to see of a failure, under dotted keys.
    public var logData: [String: JSONValue] {
        var data: [String: JSONValue] = ["failure.code": .string(code.rawValue), "failure.summary": .string(summary)]
        data["failure.slot"] = slot.map { .string($0) }
        data["failure.detail"] = detail.map { .string($0) }
        return data
    }
}
