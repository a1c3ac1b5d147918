/// An sRGB colour, 0...255 a channel.
public struct StudioColour: Sendable, Equatable, Codable, ExpressibleByIntegerLiteral {
    public var red, green, blue: Int

    public init(red: Int, green: Int, blue: Int) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// From 0xRRGGBB.
    public init(integerLiteral value: Int) { (red, green, blue) = (value >> 16 & 255, value >> 8 & 255, value & 255) }

    /// From `#RRGGBB`; nil for any other text.
    public init?(hex: String) {
        guard hex.utf8.count == 7, hex.hasPrefix("#"), hex.utf8.dropFirst().allSatisfy({ $0 != 43 && $0 != 45 }),
            let value = Int(hex.dropFirst(), radix: 16)
        else { return nil }
        self.init(integerLiteral: value)
    }

    /// `#RRGGBB`.
    public var hex: String {
        "#" + [red, green, blue].map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// Each channel times `factor`, clipped.
    func scaled(_ factor: Double) -> StudioColour {
        func scaled(_ value: Int) -> Int { min(255, max(0, Int((Double(value) * factor).rounded()))) }
        return StudioColour(red: scaled(red), green: scaled(green), blue: scaled(blue))
    }

    /// Rec. 709 weights on the sRGB values, 0...255.
    var luma: Double { 0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue) }

    var shim: (Float, Float, Float) { (Float(red) / 255, Float(green) / 255, Float(blue) / 255) }
}
