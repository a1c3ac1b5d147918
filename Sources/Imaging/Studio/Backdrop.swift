internal import CVShim

/// An sRGB colour, 0...255 a channel.
public struct StudioColour: Sendable, Equatable, Codable, ExpressibleByIntegerLiteral {
    public var red, green, blue: Int

    /// From 0xRRGGBB.
    public init(integerLiteral value: Int) { (red, green, blue) = (value >> 16 & 255, value >> 8 & 255, value & 255) }

    /// `#RRGGBB`.
    public var hex: String {
        "#" + [red, green, blue].map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    var shim: (Float, Float, Float) { (Float(red) / 255, Float(green) / 255, Float(blue) / 255) }
}

/// A soft ellipse of light that is added to wall or floor.
public struct StudioLight: Sendable, Equatable, Codable {
    public var colour: StudioColour
    /// Centre and half extent as fractions of the canvas.
    public var x, y, width, height: Double
    /// 0...1 of the colour, in linear light.
    public var strength: Double
}

/// A studio as numbers: a wall that sweeps into a floor, lit softly; all places are fractions of the canvas.
public struct Backdrop: Sendable, Equatable, Codable {
    public var name: String
    public var wallTop, wallFoot, floorFar, floorNear: StudioColour
    /// Where wall and floor meet when the wheels stand at 0.82, and the height of the sweep between them.
    public var horizon, sweep: Double
    public var glow, pool: StudioLight
    /// Darkening of the corners, 0...1.
    public var vignette: Double
    public var shadow: Shadow

    /// How dark shadows are on this floor, and where the light comes from.
    public struct Shadow: Sendable, Equatable, Codable {
        /// 0...1 where the object meets the ground, and round it.
        public var contact, soft: Double
        /// -1 from the left ... 1 from the right.
        public var lightX: Double
        public var colour: StudioColour
    }

    /// Whether light interface elements read better on it than dark ones.
    public var isDark: Bool {
        0.2126 * Double(wallFoot.red) + 0.7152 * Double(wallFoot.green) + 0.0722 * Double(wallFoot.blue) < 110
    }

    var shadowShim: CVSShadow {
        CVSShadow(
            contact: Float(shadow.contact), soft: Float(shadow.soft), light_x: Float(shadow.lightX),
            colour: shadow.colour.shim)
    }

    /// The studio for wheels that stand at `wheelLine`: everything moves up or down with them.
    func shim(wheelLine: Double) -> CVSBackdrop {
        let shift = Float(wheelLine - 0.82)
        return CVSBackdrop(
            wall_top: wallTop.shim, wall_foot: wallFoot.shim, floor_far: floorFar.shim, floor_near: floorNear.shim,
            horizon: Float(horizon) + shift, sweep: Float(sweep), glow: glow.colour.shim, glow_x: Float(glow.x),
            glow_y: Float(glow.y) + shift, glow_width: Float(glow.width), glow_height: Float(glow.height),
            glow_strength: Float(glow.strength), pool: pool.colour.shim, pool_x: Float(pool.x),
            pool_y: Float(pool.y) + shift, pool_width: Float(pool.width), pool_height: Float(pool.height),
            pool_strength: Float(pool.strength), vignette: Float(vignette))
    }
}
