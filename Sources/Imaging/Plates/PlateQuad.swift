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

extension PlateQuad {
    /// A rectangle of pixels, its borders half a pixel outside of the outer pixels' centres.
    init(_ box: PixelBox) {
        let (left, top) = (Double(box.x) - 0.5, Double(box.y) - 0.5)
        let (right, bottom) = (left + Double(box.width), top + Double(box.height))
        corners = [SIMD2(left, top), SIMD2(right, top), SIMD2(right, bottom), SIMD2(left, bottom)]
    }

    private init(sure corners: [SIMD2<Double>]) { self.corners = corners }

    private func length(_ from: Int, _ to: Int) -> Double {
        let side = corners[to] - corners[from]
        return (side * side).sum().squareRoot()
    }

    /// Means of opposite sides in pixels.
    public var width: Double { (length(0, 1) + length(3, 2)) / 2 }
    public var height: Double { (length(0, 3) + length(1, 2)) / 2 }
    var aspect: Double { width / max(height, 1e-9) }

    var centre: SIMD2<Double> { (corners[0] + corners[1] + corners[2] + corners[3]) / 4 }

    /// Least and largest coordinates.
    var bounds: (least: SIMD2<Double>, most: SIMD2<Double>) {
        corners.dropFirst().reduce((corners[0], corners[0])) { found, corner in
            (pointwiseMin(found.0, corner), pointwiseMax(found.1, corner))
        }
    }

    /// The place lies in it or on its border.
    func holds(_ place: SIMD2<Double>) -> Bool {
        corners.indices.allSatisfy { index in
            let (side, to) = (corners[(index + 1) % 4] - corners[index], place - corners[index])
            return side.x * to.y - side.y * to.x >= 0
        }
    }

    /// How much of another one lies in this one, 0...1, by places all over it.
    func share(of other: PlateQuad) -> Double {
        let places = (0..<45).map { index in
            let (u, v) = ((Double(index % 9) + 0.5) / 9, (Double(index / 9) + 0.5) / 5)
            return other.place(u, v)
        }
        return Double(places.count { holds($0) }) / Double(places.count)
    }

    /// A place in shares of its width and height, from the top left.
    func place(_ across: Double, _ down: Double) -> SIMD2<Double> {
        let upper = corners[0] + (corners[1] - corners[0]) * across
        let lower = corners[3] + (corners[2] - corners[3]) * across
        return upper + (lower - upper) * down
    }

    /// Its four sides moved outwards by so many of its heights: left, right, and both top and bottom.
    func grown(left: Double, right: Double, up: Double) -> PlateQuad {
        let across = height / max(width, 1e-9)
        let (l, r) = (-left * across, 1 + right * across)
        return PlateQuad(sure: [place(l, -up), place(r, -up), place(r, 1 + up), place(l, 1 + up)])
    }

    /// A little larger on every side, so that a cover leaves nothing: 8 % of its height and a pixel.
    public var cover: PlateQuad {
        let margin = 0.08 + 1 / max(height, 1)
        return grown(left: margin, right: margin, up: margin)
    }

    /// The pixels that it touches; nil where it lies beyond the picture.
    func box(within picture: Bitmap) -> PixelBox? {
        let (least, most) = bounds
        let left = Int(max(0, least.x.rounded(.down)))
        let top = Int(max(0, least.y.rounded(.down)))
        let right = Int(min(Double(picture.width), most.x.rounded(.up) + 1))
        let bottom = Int(min(Double(picture.height), most.y.rounded(.up) + 1))
        guard right > left, bottom > top else { return nil }
        return PixelBox(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// For the shim: x and y of each corner in turn.
    var values: [Double] { corners.flatMap { [$0.x, $0.y] } }
}
