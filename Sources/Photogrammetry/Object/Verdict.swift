/// How far a model may be trusted, and why.
public struct Verdict: Sendable, Equatable, Codable {
    public enum Grade: String, Sendable, Codable, CaseIterable, Comparable {
        case a = "A"
        case b = "B"
        case c = "C"
        case d = "D"

        public static func < (one: Grade, two: Grade) -> Bool { one.rawValue < two.rawValue }
    }

    public let grade: Grade
    /// One or more sentences for people.
    public let reason: String

    public init(grade: Grade, reason: String) { (self.grade, self.reason) = (grade, reason) }
}
