internal import CVShim
public import Pipeline

/// Where a car's panes and wheels are, as a small network sees them that was trained on rendered cars.
public struct CarParts: Sendable {
    /// Cells of its maps; wide, as cars are.
    static let size = MapSize(width: 512, height: 320)

    /// The part of the picture that the cells cover.
    let rect: PixelBox
    /// Share of glass in each cell, 0...1.
    let glass: [Float]
    /// Cells that are mostly glass, and mostly wheel, over the object's, 0...1.
    public let glassShare, wheelShare: Double

    /// - Parameter look: where it looks, and what stood out there.
    init(of look: Look, in picture: Bitmap, by network: NeuralSession, cancel: CancelFlag?) throws(Failure) {
        let cells = Self.size.width * Self.size.height
        let planes = try Self.planes(of: look, in: picture, cancel)
        let maps = try network.run(
            planes, count: 4, width: Self.size.width, height: Self.size.height, maps: 3, cancel: cancel)
        var (object, panes, wheels) = (0, 0, 0)
        for cell in 0..<cells where maps[cell] > 0.5 {
            object += 1
            if maps[cells + cell] > 0.5 { panes += 1 }
            if maps[2 * cells + cell] > 0.5 { wheels += 1 }
        }
        rect = look.rect
        glass = Array(maps[cells..<2 * cells])
        glassShare = Double(panes) / Double(max(object, 1))
        wheelShare = Double(wheels) / Double(max(object, 1))
    }

    /// Colours and the look's map, as the network was trained.
    private static func planes(of look: Look, in picture: Bitmap, _ cancel: CancelFlag?) throws(Failure) -> [Float] {
        var planes = [Float](repeating: 0, count: 4 * size.width * size.height)
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                look.raw.withUnsafeBufferPointer { map in
                    planes.withUnsafeMutableBufferPointer { buffer in
                        guard let cells = map.baseAddress, let base = buffer.baseAddress else { return .badArgument }
                        return cvs_matte_parts_input(
                            picture.handle, look.rect.shim, cells, Int32(clamping: look.size.width),
                            Int32(clamping: look.size.height), Int32(clamping: size.width),
                            Int32(clamping: size.height), base, flag, error)
                    }
                }
            }
        }
        return planes
    }
}

extension Bitmap {
    /// A cut-out whose panes let through what it will be set on: the dark cabin stays, bright scenery fades.
    ///
    /// - Parameter amount: 0...1; at 1 the clearest pane keeps half of its alpha.
    /// - Returns: the cut-out, and how much of the object lets through, 0...1.
    public func seenThrough(
        _ parts: CarParts, amount: Double, cancel: CancelFlag? = nil
    ) throws(Failure) -> (cutout: Bitmap, share: Double) {
        var share = 0.0
        let cutout = try Bitmap.make(cancel: cancel) { flag, out, error in
            parts.glass.withUnsafeBufferPointer { cells in
                guard let base = cells.baseAddress else { return .badArgument }
                return cvs_matte_windows(
                    handle, base, Int32(clamping: CarParts.size.width), Int32(clamping: CarParts.size.height),
                    parts.rect.shim, amount, flag, &share, out, error)
            }
        }
        return (cutout, share)
    }
}
