/// What a number plate is covered with.
public enum PlateTreatment: String, Sendable, Codable, CaseIterable {
    /// A few colours of the plate's light, run into each other: there is no way back.
    case blur
    /// The same light as tiles.
    case pixelate
    /// One colour.
    case solid
    /// A picture, in the plate's perspective, light, sharpness and grain.
    case logo
}

/// One plate, and what covers it.
public struct PlateCover: Sendable, Equatable {
    public var quad: PlateQuad
    public var treatment: PlateTreatment
    /// Of `solid`; nil takes the plate's own light.
    public var colour: Colour?

    public init(_ quad: PlateQuad, with treatment: PlateTreatment, colour: Colour? = nil) {
        (self.quad, self.treatment, self.colour) = (quad, treatment, colour)
    }
}
