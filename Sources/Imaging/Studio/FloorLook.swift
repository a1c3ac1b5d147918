internal import CVShim

/// How a floor takes an object's shadow, and how much it mirrors.
public struct FloorLook: Sendable, Equatable, Codable {
    /// 0...1 where the object meets the ground, and round it; both 0 cast no shadow.
    public var contact, soft: Double
    /// Where the light comes from: -1 left ... 1 right. The soft shadow falls to the other side.
    public var lightX: Double
    /// 0 grazing ... 1 from above: the lower, the farther the shadow reaches.
    public var lightHeight: Double
    /// Of the darkest shadow.
    public var colour: StudioColour
    /// 0...1: how much the floor mirrors at the contact, and how quickly the image blurs below it.
    public var mirror, roughness: Double

    public init(
        contact: Double, soft: Double, lightX: Double, lightHeight: Double = 0.6, colour: StudioColour,
        mirror: Double = 0, roughness: Double = 0.4
    ) {
        (self.contact, self.soft, self.lightX, self.lightHeight) = (contact, soft, lightX, lightHeight)
        (self.colour, self.mirror, self.roughness) = (colour, mirror, roughness)
    }

    /// The same floor without a shadow; it mirrors as before.
    public var unshaded: FloorLook {
        var floor = self
        (floor.contact, floor.soft) = (0, 0)
        return floor
    }

    var shim: CVSFloor {
        CVSFloor(
            contact: Float(contact), soft: Float(soft), light_x: Float(lightX), light_height: Float(lightHeight),
            colour: colour.shim, mirror: Float(mirror), roughness: Float(roughness))
    }
}
