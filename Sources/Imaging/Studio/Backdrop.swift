internal import CVShim

/// A soft ellipse of light that is added to wall or floor.
public struct StudioLight: Sendable, Equatable, Codable {
    public var colour: StudioColour
    /// Centre and half extent as fractions of the canvas.
    public var x, y, width, height: Double
    /// 0...1 of the colour, in linear light.
    public var strength: Double
}

/// Upright panels of soft light on the wall.
public struct LightPanels: Sendable, Equatable, Codable {
    public var count: Int
    /// The light they add, as a share of white.
    public var strength: Double
    /// Upper and lower edge as fractions of the canvas, and how far their edges fade.
    public var top, foot, softness: Double
}

/// A thin line of light where wall and floor meet.
public struct LightLine: Sendable, Equatable, Codable {
    public var left, right: StudioColour
    public var strength: Double
}

/// A studio as numbers: a wall that sweeps into a floor, lit softly; all places are fractions of the canvas.
public struct Backdrop: Sendable, Equatable, Codable {
    public var name: String
    /// Raised whenever the pictures it paints change; part of a result's identity.
    public var version: Int
    public var wallTop, wallFoot, floorFar, floorNear: StudioColour
    /// Where wall and floor meet when the wheels stand at 0.82, and the height of the sweep between them.
    public var horizon, sweep: Double
    public var glow, pool: StudioLight
    /// Darkening of the corners, 0...1.
    public var vignette: Double
    public var panels: LightPanels?
    public var line: LightLine?
    /// Unevenness of wall and floor as a share of their light.
    public var wallGrain, floorGrain: Double
    public var floor: FloorLook

    /// Whether light interface elements read better on it than dark ones.
    public var isDark: Bool { wallFoot.luma < 110 }

    /// `name@version`, for cache identities and records.
    public var identity: String { "\(name)@\(version)" }

    /// The same studio with a sweep of another colour: wall and floor keep their steps of light.
    public func swept(_ colour: StudioColour) -> Backdrop {
        var other = self
        let base = max(wallFoot.luma, 1)
        other.wallTop = colour.scaled(wallTop.luma / base)
        other.wallFoot = colour
        other.floorFar = colour.scaled(floorFar.luma / base)
        other.floorNear = colour.scaled(floorNear.luma / base)
        other.floor.colour = colour.scaled(0.08)
        return other
    }

    /// The studio for wheels that stand at `wheelLine`: everything moves up or down with them.
    func shim(wheelLine: Double) -> CVSBackdrop {
        let shift = Float(wheelLine - 0.82)
        let (panels, line) = (panels, line)
        return CVSBackdrop(
            wall_top: wallTop.shim, wall_foot: wallFoot.shim, floor_far: floorFar.shim, floor_near: floorNear.shim,
            horizon: Float(horizon) + shift, sweep: Float(sweep), glow: glow.shim(shift), pool: pool.shim(shift),
            vignette: Float(vignette), panels: Float(panels?.count ?? 0), panel_light: Float(panels?.strength ?? 0),
            panel_top: Float(panels?.top ?? 0) + shift, panel_foot: Float(panels?.foot ?? 0) + shift,
            panel_soft: Float(panels?.softness ?? 0), line_left: (line?.left ?? 0).shim,
            line_right: (line?.right ?? 0).shim, line_strength: Float(line?.strength ?? 0),
            wall_grain: Float(wallGrain), floor_grain: Float(floorGrain), light_x: Float(floor.lightX),
            mirror: Float(floor.mirror))
    }
}

extension StudioLight {
    fileprivate func shim(_ shift: Float) -> CVSLight {
        CVSLight(
            colour: colour.shim, x: Float(x), y: Float(y) + shift, width: Float(width), height: Float(height),
            strength: Float(strength))
    }
}
