public import Imaging

/// All that was done to make a composite: with the cut-out and the background it can be made again.
public struct CompositeRecord: Codable, Sendable, Equatable {
    /// The studio's name, a background's reference such as `hall@2`, or `picture`.
    public let background: String
    /// The studio's version, or the picture's SHA-256.
    public let version: String
    /// Which scale the photo shares with others: `side`, `three-quarter`, `end`.
    public let view: CarView
    /// Canvas pixels a photo pixel.
    public let scale: Double
    /// Radians, clockwise.
    public let roll: Double
    /// A place of the photo and where on the canvas it lies; scale and roll are about it.
    public let anchor, target: PicturePoint
    /// See `Placement.toneGain`.
    public let toneGain: Double
    /// Gains of red, green and blue before the tone, see `WhiteBalance`.
    public let whiteBalance: [Double]
    public let shadow: Bool
    /// 0...1.
    public let mirror: Double
    /// Where the light was taken to come from, -1 left ... 1 right.
    public let lightX: Double

    init(background: String, version: String, view: CarView, placement: Placement, floor: FloorLook, shadow: Bool) {
        (self.background, self.version, self.view, self.shadow) = (background, version, view, shadow)
        (scale, roll, anchor, target) = (placement.scale, placement.roll, placement.anchor, placement.target)
        (toneGain, whiteBalance) = (placement.toneGain, placement.whiteBalance.gains)
        (mirror, lightX) = (floor.mirror, floor.lightX)
    }
}
