internal import CVShim
internal import Pipeline

/// One look of the network at a part of a picture: a square map of what stands out there, its main object chosen.
struct Look {
    let rect: PixelBox
    /// Cells of the map along each side.
    let side: Int
    let map: [Float]
    let object: CVSMainObject

    /// - Parameter focus: where the object is expected, 0...1 of the part.
    init(
        at rect: PixelBox, of picture: Bitmap, side: Int, by session: NeuralSession,
        focus: (x: Double, y: Double) = (0.5, 0.5), cancel: CancelFlag?
    ) throws(Failure) {
        (self.rect, self.side) = (rect, side)
        var planes = [Float](repeating: 0, count: 3 * side * side)
        let size = Int32(clamping: side)
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                planes.withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return .badArgument }
                    return cvs_matte_input(picture.handle, rect.shim, size, size, base, flag, error)
                }
            }
        }
        var map = try session.run(planes, width: side, height: side, cancel: cancel)
        var object = CVSMainObject()
        try checkShim { error in
            map.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return .badArgument }
                return cvs_matte_choose(base, size, size, focus.x, focus.y, &object, error)
            }
        }
        (self.map, self.object) = (map, object)
    }

    /// The object in pixels of the picture; nil when nothing stands out.
    var box: PixelBox? {
        guard object.found else { return nil }
        let (left, right) = (cells(object.box.x, rect.width), cells(object.box.x + object.box.width, rect.width))
        let (top, bottom) = (cells(object.box.y, rect.height), cells(object.box.y + object.box.height, rect.height))
        return PixelBox(
            x: rect.x + Int(left), y: rect.y + Int(top), width: max(1, Int(right.rounded(.up)) - Int(left)),
            height: max(1, Int(bottom.rounded(.up)) - Int(top)))
    }

    private func cells(_ count: Int32, _ pixels: Int) -> Double { Double(count) * Double(pixels) / Double(side) }

    /// The sides on which the object is cut by this part's border and the picture goes on.
    func isCut(in picture: Bitmap) -> Bool {
        guard object.found else { return false }
        let (box, last) = (object.box, Int32(clamping: side))
        return (box.x == 0 && rect.x > 0) || (box.y == 0 && rect.y > 0)
            || (box.x + box.width == last && rect.x + rect.width < picture.width)
            || (box.y + box.height == last && rect.y + rect.height < picture.height)
    }
}

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

    var shim: CVSRect {
        CVSRect(
            x: Int32(clamping: x), y: Int32(clamping: y), width: Int32(clamping: width), height: Int32(clamping: height)
        )
    }
}
