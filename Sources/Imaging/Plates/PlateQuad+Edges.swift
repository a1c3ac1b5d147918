internal import CVShim
internal import Pipeline

extension PlateQuad {
    /// How far the left and right sides of a plate may be off before they are set on edges, in heights.
    private static let slack = 0.2

    /// On the picture's own edges near it, a blue band at its left included.
    func refined(in picture: Bitmap) throws(Failure) -> PlateQuad {
        let found = try onEdges(of: picture, slack: Self.slack)
        let band = try found.band(in: picture)
        guard band > 0 else { return found }
        return try found.grown(left: band, right: 0, up: 0).onEdges(of: picture)
    }

    /// Each side on the edge near it that runs along most of it; where there is none it stays.
    ///
    /// - Parameter slack: how far the left and right sides may be off, in heights, if more than usual.
    func onEdges(of picture: Bitmap, slack: Double = 0) throws(Failure) -> PlateQuad {
        var corners = values
        try checkShim { error in cvs_plates_refine(picture.handle, slack, &corners, error) }
        let places = stride(from: 0, to: 8, by: 2).map { SIMD2(corners[$0], corners[$0 + 1]) }
        return PlateQuad(corners: places) ?? self
    }

    /// How wide a blue band is that stands left of it, in its heights; 0 for none.
    func band(in picture: Bitmap) throws(Failure) -> Double {
        var width = 0.0
        try checkShim { error in cvs_plates_band(picture.handle, values, &width, error) }
        return width
    }
}
