internal import CVShim

extension PixelBox {
    /// With `share` of its longer side added on every side, within a picture.
    func grown(by share: Double, within picture: Bitmap) -> PixelBox {
        let margin = Int((share * Double(max(width, height))).rounded(.up))
        let (left, top) = (max(0, x - margin), max(0, y - margin))
        return PixelBox(
            x: left, y: top, width: min(picture.width, x + width + margin) - left,
            height: min(picture.height, y + height + margin) - top)
    }

    /// Shared area over the area of both, 0...1.
    func overlap(with other: PixelBox) -> Double {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        let shared = Double(max(0, across)) * Double(max(0, down))
        let both = Double(width) * Double(height) + Double(other.width) * Double(other.height) - shared
        return both > 0 ? shared / both : 0
    }

    /// The middle of `box` as shares of this one.
    func place(of box: PixelBox) -> (x: Double, y: Double) {
        (
            (Double(box.x - x) + Double(box.width) / 2) / Double(width),
            (Double(box.y - y) + Double(box.height) / 2) / Double(height)
        )
    }

    var shim: CVSRect {
        CVSRect(
            x: Int32(clamping: x), y: Int32(clamping: y), width: Int32(clamping: width), height: Int32(clamping: height)
        )
    }
}
