extension PlateQuad {
    /// The smallest box of whole pixels around it, not clipped to any photo.
    public var box: PixelBox {
        let (xs, ys) = (corners.map(\.x), corners.map(\.y))
        func whole(_ value: Double, _ rule: FloatingPointRoundingRule) -> Int {
            Int(min(1e6, max(-1e6, value)).rounded(rule))
        }
        let (left, top) = (whole(xs.min() ?? 0, .down), whole(ys.min() ?? 0, .down))
        let (right, bottom) = (whole(xs.max() ?? 0, .up), whole(ys.max() ?? 0, .up))
        return PixelBox(x: left, y: top, width: max(1, right - left), height: max(1, bottom - top))
    }

    /// Square pixels, positive where the corners run clockwise as one looks at the photo.
    public var area: Double {
        (0..<4).reduce(0) { sum, index in
            let (a, b) = (corners[index], corners[(index + 1) % 4])
            return sum + (a.x * b.y - b.x * a.y) / 2
        }
    }

    /// It is read from behind, as in a mirror: its corners run the other way round.
    public var isMirrored: Bool { area < 0 }

    /// The same place of a photo that was resampled.
    public func scaled(x: Double, y: Double) -> PlateQuad {
        PlateQuad(corners: corners.map { [$0.x * x, $0.y * y] }) ?? self
    }
}
