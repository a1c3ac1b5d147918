public import Pipeline

extension CarParts {
    /// Added round the vehicle, in shares of its longer side.
    private static let margin = 0.12

    /// Of a vehicle whose alpha is known.
    ///
    /// - Parameters:
    ///   - picture: 3 channels; what the alpha leaves out may be black.
    ///   - alpha: 1 channel, the picture's size.
    ///   - vehicles: the network that knows vehicles.
    ///   - drawing: the network that draws panes and wheels of what `vehicles` saw.
    /// - Throws: `no_usable_views` where the alpha is empty.
    public init(
        of picture: Bitmap, alpha: Bitmap, by vehicles: NeuralSession, drawing: NeuralSession,
        cancel: CancelFlag? = nil
    ) throws(Failure) {
        let rect = try ObjectGeometry(alpha: alpha, cancel: cancel).box.grown(by: Self.margin, within: picture)
        let maps = try VehicleMaps(at: rect, of: picture, by: vehicles, cancel: cancel)
        let size = VehicleMaps.size
        let object = try alpha.cropped(x: rect.x, y: rect.y, width: rect.width, height: rect.height)
            .resized(width: size.width, height: size.height, filter: .area, cancel: cancel)
        let shares = object.withPixels { $0.map { Float($0) / 255 } }
        try self.init(maps, object: shares, by: drawing, cancel: cancel)
    }

    /// Panes and wheels over the whole of a picture of some size: 1 channel, 255 for surely.
    ///
    /// - Parameter longestSide: the masks are the picture's size, or as much smaller as this asks for.
    public func masks(
        width: Int, height: Int, longestSide: Int = .max
    ) throws(Failure) -> (glass: Bitmap, wheels: Bitmap) {
        let scale = min(1, Double(longestSide) / Double(max(width, height)))
        func scaled(_ length: Int) -> Int { Int((Double(length) * scale).rounded()) }
        let canvas = (width: max(1, scaled(width)), height: max(1, scaled(height)))
        let (left, top) = (min(scaled(rect.x), canvas.width - 1), min(scaled(rect.y), canvas.height - 1))
        let right = min(canvas.width, max(left + 1, scaled(rect.x + rect.width)))
        let bottom = min(canvas.height, max(top + 1, scaled(rect.y + rect.height)))
        func mask(_ cells: [Float]) throws(Failure) -> Bitmap {
            let bytes = cells.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
            let size = VehicleMaps.size
            return try Bitmap(pixels: bytes, width: size.width, height: size.height, channels: 1)
                .resized(width: right - left, height: bottom - top, filter: .linear)
                .padded(x: left, y: top, width: canvas.width, height: canvas.height, colour: .black)
        }
        return (try mask(glass), try mask(wheel))
    }
}
