/// What a job does: a stable wire name, used by rows, routes and metrics; never derived from a type's name.
public struct Kind: RawRepresentable, Hashable, Codable, Sendable, ExpressibleByStringLiteral, Comparable,
    CustomStringConvertible
{
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.init(rawValue: value) }
    public var description: String { rawValue }
    public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

    public init(from decoder: any Decoder) throws { rawValue = try String(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try rawValue.encode(to: encoder) }
}
