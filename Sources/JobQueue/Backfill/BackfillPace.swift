public import Foundation
public import Pipeline

/// How fast a backfill's items go into the queue.
public struct BackfillPace: Sendable, Equatable, Codable {
    /// Items under way at one time at most; nil goes by how fast they end.
    public var maxInFlight: Int?
    /// Items a second at most.
    public var perSecond: Double?
    /// When items may go in; nil is always.
    public var window: Window?

    public init(maxInFlight: Int? = nil, perSecond: Double? = nil, window: Window? = nil) {
        (self.maxInFlight, self.perSecond, self.window) = (maxInFlight, perSecond, window)
    }

    /// How many items may be under way: with no limit given, as many as end in half a minute.
    ///
    /// - Parameter endedPerSecond: as measured lately.
    public func room(underWay: Int, endedPerSecond: Double) -> Int {
        let limit = maxInFlight ?? min(max(Self.least, Int((endedPerSecond * 30).rounded(.up))), Self.most)
        return max(0, limit - underWay)
    }

    private static let least = 64
    private static let most = 1000

    /// Hours of the day by the wall clock of a place; over midnight when it ends before it begins.
    public struct Window: Sendable, Equatable, Codable {
        /// Minutes since midnight, 0..<1440.
        public var from, to: Int
        /// As the time zone database names it.
        public var timeZone: String

        /// - Parameter text: `22:00-06:00`.
        /// - Throws: `invalidRequest` for anything else, and for a time zone that nobody knows.
        public init(_ text: String, timeZone: String) throws(Failure) {
            let times = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
            guard times.count == 2, let from = times[0], let to = times[1], from != to else {
                throw Failure(
                    .invalidRequest, "\(text) is no window of hours.", hint: "Write it as 22:00-06:00.")
            }
            guard TimeZone(identifier: timeZone) != nil else {
                throw Failure(
                    .invalidRequest, "There is no time zone \(timeZone).", hint: "Names are such as Europe/Berlin.")
            }
            (self.from, self.to, self.timeZone) = (from, to, timeZone)
        }

        private static func minutes(_ text: Substring) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2,
                parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
            else { return nil }
            return hour * 60 + minute
        }

        /// Whether the time is in it; the end is not.
        public func contains(_ date: Date) -> Bool {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = TimeZone(identifier: timeZone) ?? .gmt
            let parts = calendar.dateComponents([.hour, .minute], from: date)
            let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
            return from < to ? (from..<to).contains(minute) : minute >= from || minute < to
        }

        /// Hours of a day that it is open.
        public var hours: Double { Double((to - from + 1440) % 1440) / 60 }

        public var text: String {
            func time(_ minutes: Int) -> String {
                String(format: "%02d:%02d", minutes / 60, minutes % 60)
            }
            return "\(time(from))-\(time(to))"
        }
    }
}
