/// A number plate on a photo.
public struct PlateQuad: Sendable, Equatable, Codable {
    /// Its four corners in the photo's pixels, clockwise from the top left as it is read.
    public let corners: [SIMD2<Double>]

    /// Nil for other than four corners, or such as are no numbers.
    public init?(corners: [SIMD2<Double>]) {
        guard corners.count == 4, corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
        self.corners = corners
    }
}
