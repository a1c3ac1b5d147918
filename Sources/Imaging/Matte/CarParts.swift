internal import CVShim
public import Pipeline

/// Where a vehicle's panes and wheels are.
public struct CarParts: Sendable {
    /// The part of the picture that the cells cover.
    let rect: PixelBox
    /// Share of glass and of wheel in each cell, 0...1.
    let glass, wheel: [Float]
    /// Cells that are mostly glass, and mostly wheel, over the object's, 0...1.
    public let glassShare, wheelShare: Double

    /// What the network gives, in its order.
    private enum Map: Int, CaseIterable { case alpha, glass, wheel }

    /// - Parameters:
    ///   - maps: what the network of vehicles said of a part of the picture.
    ///   - look: at the same part.
    ///   - network: draws the parts.
    init(_ maps: VehicleMaps, _ look: Look, by network: NeuralSession, cancel: CancelFlag?) throws(Failure) {
        try self.init(maps, object: look.stretched(to: VehicleMaps.size), by: network, cancel: cancel)
    }

    /// - Parameter object: how much of each cell is the vehicle, 0...1.
    init(_ maps: VehicleMaps, object: [Float], by network: NeuralSession, cancel: CancelFlag?) throws(Failure) {
        let cells = VehicleMaps.cells
        let drawn = try network.run(
            maps.colours + object + maps.seen, count: 4 + maps.seen.count / cells,
            width: VehicleMaps.size.width, height: VehicleMaps.size.height, maps: Map.allCases.count, cancel: cancel)
        func map(_ map: Map) -> ArraySlice<Float> { drawn[map.rawValue * cells..<(map.rawValue + 1) * cells] }
        func over(_ part: ArraySlice<Float>) -> Double {
            let object = map(.alpha).count { $0 > 0.5 }
            let found = zip(map(.alpha), part).count { $0 > 0.5 && $1 > 0.5 }
            return Double(found) / Double(max(object, 1))
        }
        (rect, glass, wheel) = (maps.rect, Array(map(.glass)), Array(map(.wheel)))
        (glassShare, wheelShare) = (over(map(.glass)), over(map(.wheel)))
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
                    handle, base, Int32(clamping: VehicleMaps.size.width), Int32(clamping: VehicleMaps.size.height),
                    parts.rect.shim, amount, flag, &share, out, error)
            }
        }
        return (cutout, share)
    }
}
