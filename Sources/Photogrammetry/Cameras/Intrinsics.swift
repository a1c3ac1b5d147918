/// How a camera maps directions to pixels: a pinhole with square pixels and radial distortion.
///
/// A direction (x, y, 1) in the camera's axes is seen at `principal + focal * s * (x, y)` with
/// `s = 1 + k1 r^2 + k2 r^4` and `r^2 = x^2 + y^2` (Brown 1966). Pixel centres are at whole numbers, (0, 0) the top left.
public struct Intrinsics: Sendable, Equatable {
    /// Size of the picture in pixels.
    public let width: Int
    public let height: Int
    /// Focal length in pixels, above 0.
    public var focal: Double
    /// Where the optical axis meets the picture, in pixels.
    public var principal: SIMD2<Double>
    /// Radial distortion, 0 for none.
    public var k1: Double
    public var k2: Double

    /// A camera with its principal point in the middle, as phones and cameras have it to within a few pixels.
    public init(width: Int, height: Int, focal: Double) {
        self.init(
            width: width, height: height, focal: focal,
            principal: [Double(width - 1) / 2, Double(height - 1) / 2])
    }

    public init(
        width: Int, height: Int, focal: Double, principal: SIMD2<Double>, k1: Double = 0, k2: Double = 0
    ) {
        (self.width, self.height, self.focal) = (width, height, focal)
        (self.principal, self.k1, self.k2) = (principal, k1, k2)
    }

    /// Where a direction in the camera's axes (z forwards, above 0) is seen, in pixels.
    public func pixel(of direction: SIMD3<Double>) -> SIMD2<Double> {
        let flat = SIMD2(direction.x, direction.y) / direction.z
        let square = (flat * flat).sum()
        return principal + focal * (1 + square * (k1 + square * k2)) * flat
    }

    /// The direction (z = 1) that is seen at a pixel.
    ///
    /// The distortion is taken out by fixed-point iteration, to 1e-12 for distortions as lenses have them.
    public func direction(of pixel: SIMD2<Double>) -> SIMD3<Double> {
        let bent = (pixel - principal) / focal
        var flat = bent
        for _ in 0..<50 {
            let square = (flat * flat).sum()
            let next = bent / (1 + square * (k1 + square * k2))
            let step = next - flat
            flat = next
            if (step * step).sum() < 1e-26 { break }
        }
        return SIMD3(flat.x, flat.y, 1)
    }

    /// The same camera with its picture enlarged or shrunk to another size of the same shape.
    public func scaled(toWidth newWidth: Int, height newHeight: Int) -> Intrinsics {
        let factor = Double(newWidth) / Double(width)
        return Intrinsics(
            width: newWidth, height: newHeight, focal: focal * factor,
            principal: (principal + 0.5) * factor - 0.5, k1: k1, k2: k2)
    }
}
