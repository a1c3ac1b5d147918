/// How recipes and backgrounds are named: `hall` for the newest version, `hall@2` for one.
public struct LibraryReference: Sendable, Equatable, CustomStringConvertible {
    public let name: String
    /// Nil means the newest.
    public let version: Int?

    public init(name: String, version: Int? = nil) { (self.name, self.version) = (name, version) }

    /// Nil for anything but a name, with or without `@` and a version from 1.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard Self.isName(parts[0]) else { return nil }
        name = parts[0]
        guard parts.count == 2 else {
            version = nil
            return
        }
        guard let number = Int(parts[1]), (1...999_999_999).contains(number), parts[1] == "\(number)" else {
            return nil
        }
        version = number
    }

    public var description: String { version.map { "\(name)@\($0)" } ?? name }

    /// 1 to 64 small letters, digits, dots and dashes, beginning with a letter or digit; `default` is taken.
    public static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, text != "default" else { return false }
        return isLetterOrDigit(first) && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
    }

    public static let nameRule =
        "1 to 64 small letters, digits, dots and dashes, beginning with a letter or digit; not default."

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
