internal import CVShim
internal import Foundation

extension Double {
    static func atan(_ x: Double) -> Double { Foundation.atan(x) }
    static func sine(_ x: Double) -> Double { Foundation.sin(x) }
    static func cosine(_ x: Double) -> Double { Foundation.cos(x) }
}

/// The size of a canvas in pixels.
public struct CanvasSize: Sendable, Equatable, Codable {
    public var width, height: Int
    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}

/// How much of a canvas the object may take, as fractions of the canvas.
public struct Framing: Sendable, Equatable, Codable {
    /// Widest the object's box may be.
    public var width: Double
    /// Highest the body may be, from the wheel line to the roof.
    public var height: Double
    /// Where the wheels stand, from the top.
    public var wheelLine: Double

    public init(width: Double = 0.86, height: Double = 0.5, wheelLine: Double = 0.82) {
        (self.width, self.height, self.wheelLine) = (width, height, wheelLine)
    }

    /// The framing that suits a canvas: on upright ones the car stands nearer to the middle.
    public static func fitting(_ canvas: CanvasSize) -> Framing {
        let aspect = Double(canvas.width) / Double(max(canvas.height, 1))
        return Framing(wheelLine: min(0.82, max(0.62, 0.5 + 0.24 * aspect)))
    }
}

/// Where and how large an object goes on a canvas, and its one global tone.
public struct Placement: Sendable, Equatable, Codable {
    /// Canvas pixels a source pixel.
    public var scale: Double
    /// Radians, clockwise.
    public var roll: Double
    /// A place of the source, and where on the canvas it goes; the rest turns and scales about it.
    public var anchor, target: PicturePoint
    /// The declared tone: y = g x / (1 + (g - 1) x) in linear light, so black and white stay. 1 changes nothing.
    public var toneGain: Double

    public init(
        scale: Double, roll: Double = 0, anchor: PicturePoint, target: PicturePoint, toneGain: Double = 1
    ) {
        (self.scale, self.roll, self.anchor, self.target, self.toneGain) = (scale, roll, anchor, target, toneGain)
    }

    /// The largest placement within the framing: wheels on the wheel line, the box centred.
    public static func fitting(_ geometry: ObjectGeometry, canvas: CanvasSize, framing: Framing? = nil) -> Placement {
        let framing = framing ?? .fitting(canvas)
        let across = framing.width * Double(canvas.width) / Double(geometry.box.width)
        let up = framing.height * Double(canvas.height) / geometry.bodyHeight
        return Placement(
            geometry, bodyHeight: min(across, up) * geometry.bodyHeight, canvas: canvas, wheelLine: framing.wheelLine)
    }

    /// The placement that makes the body `bodyHeight` pixels high on the wheel line (a fraction of the canvas).
    public init(
        _ geometry: ObjectGeometry, bodyHeight: Double, canvas: CanvasSize, wheelLine: Double, toneGain: Double = 1
    ) {
        self.init(
            scale: bodyHeight / geometry.bodyHeight, roll: geometry.roll,
            anchor: geometry.unturned(PicturePoint(x: geometry.centre, y: geometry.wheelLine)),
            target: PicturePoint(
                x: Double(canvas.width - 1) / 2, y: (wheelLine * Double(canvas.height)).rounded() - 0.5),
            toneGain: toneGain)
    }

    /// Where a place of the source comes to lie on the canvas.
    public func onCanvas(_ point: PicturePoint) -> PicturePoint {
        let (x, y) = (scale * (point.x - anchor.x), scale * (point.y - anchor.y))
        let (c, s) = (Double.cosine(roll), Double.sine(roll))
        return PicturePoint(x: target.x + c * x - s * y, y: target.y + s * x + c * y)
    }

    var shim: CVSPlacement {
        CVSPlacement(
            scale: scale, roll: roll, anchor: CVSPoint(x: anchor.x, y: anchor.y),
            target: CVSPoint(x: target.x, y: target.y), tone_gain: toneGain)
    }
}
