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

/// Where and how large an object goes on a canvas, and its one global tone.
public struct Placement: Sendable, Equatable, Codable {
    /// Canvas pixels a source pixel.
    public var scale: Double
    /// Radians, clockwise.
    public var roll: Double
    /// A place of the source, and where on the canvas it goes; the rest turns and scales about it.
    public var anchor, target: PicturePoint
    /// First of the declared changes, see `WhiteBalance`.
    public var whiteBalance: WhiteBalance
    /// The declared tone after it: y = g x / (1 + (g - 1) x) in linear light, so black and white stay. 1 changes nothing.
    public var toneGain: Double

    public init(
        scale: Double, roll: Double = 0, anchor: PicturePoint, target: PicturePoint, toneGain: Double = 1,
        whiteBalance: WhiteBalance = .none
    ) {
        (self.scale, self.roll, self.anchor, self.target) = (scale, roll, anchor, target)
        (self.toneGain, self.whiteBalance) = (toneGain, whiteBalance)
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

    /// The placement in a lot: the scale of its view, wheels on the line; what the picture's border severs is set
    /// against the canvas's border, so that nobody sees the cut.
    public static func lot(_ geometry: ObjectGeometry, canvas: CanvasSize, wheelLine: Double) -> Placement {
        var framing = Framing.lot(geometry, canvas: canvas)
        framing.wheelLine = wheelLine
        let place = fitting(geometry, canvas: canvas, framing: framing)
        return geometry.severed.isEmpty ? place : place.bled(geometry, canvas)
    }

    /// Moved, and where two opposite borders sever the object enlarged, until those borders are the canvas's.
    private func bled(_ geometry: ObjectGeometry, _ canvas: CanvasSize) -> Placement {
        let (width, height) = (Double(geometry.width), Double(geometry.height))
        let (across, down) = (Double(canvas.width), Double(canvas.height))
        let cut = { (edge: PictureEdge) in geometry.severed.contains(edge) }
        var place = self
        if cut(.left) && cut(.right) { place.scale = max(place.scale, across / width) }
        if cut(.top) && cut(.bottom) { place.scale = max(place.scale, down / height) }
        if cut(.left) && cut(.right) {
            (place.anchor.x, place.target.x) = ((width - 1) / 2, (across - 1) / 2)
        } else if cut(.left) {
            (place.anchor.x, place.target.x) = (-0.5, -0.5)
        } else if cut(.right) {
            (place.anchor.x, place.target.x) = (width - 0.5, across - 0.5)
        }
        if cut(.bottom) {
            (place.anchor.y, place.target.y) = (height - 0.5, down - 0.5)
        } else if cut(.top) {
            // The wheels stay on their line if the cut then lies at or above the canvas's border.
            place.scale = max(place.scale, (place.target.y + 0.5) / (place.anchor.y + 0.5))
        }
        return place
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
            target: CVSPoint(x: target.x, y: target.y),
            white_balance: (whiteBalance.red, whiteBalance.green, whiteBalance.blue), tone_gain: toneGain)
    }
}
