/// What a caller must be allowed before a stage does it, or before what it found is shown: the name of a scope.
public struct Permission: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}
