internal import CVShim
internal import Pipeline

/// What the network that knows vehicles says of a part of a picture: maps of shares, 0...1 a cell.
struct VehicleMaps {
    /// Cells of every map, and of the planes that go in; wide, as cars are.
    static let size = MapSize(width: 512, height: 320)
    static let cells = size.width * size.height
    /// The network's maps in their order.
    private enum Map: Int, CaseIterable { case alpha, glass, wheel, vehicle, any }

    /// The part of the picture that the cells cover.
    let rect: PixelBox
    private let maps: [Float]

    /// - Parameter seen: what stood out in the part, and in how many cells; without it only `vehicle` and `any` mean something.
    init(
        at rect: PixelBox, of picture: Bitmap, seen: (map: [Float], size: MapSize)? = nil, by network: NeuralSession,
        cancel: CancelFlag?
    ) throws(Failure) {
        let planes = try Self.planes(at: rect, of: picture, seen, cancel)
        self.rect = rect
        maps = try network.run(
            planes, count: 4, width: Self.size.width, height: Self.size.height, maps: Map.allCases.count,
            cancel: cancel)
    }

    /// Colours, and the map behind them; zeros where there is none.
    private static func planes(
        at rect: PixelBox, of picture: Bitmap, _ seen: (map: [Float], size: MapSize)?, _ cancel: CancelFlag?
    ) throws(Failure) -> [Float] {
        var planes = [Float](repeating: 0, count: 4 * cells)
        let map = seen?.map ?? []
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                map.withUnsafeBufferPointer { map in
                    planes.withUnsafeMutableBufferPointer { buffer in
                        guard let base = buffer.baseAddress else { return .badArgument }
                        return cvs_matte_parts_input(
                            picture.handle, rect.shim, seen == nil ? nil : map.baseAddress,
                            Int32(clamping: seen?.size.width ?? 0), Int32(clamping: seen?.size.height ?? 0),
                            Int32(clamping: size.width), Int32(clamping: size.height), base, flag, error)
                    }
                }
            }
        }
        return planes
    }

    /// The object itself, its panes and its wheels.
    var alpha: ArraySlice<Float> { self[.alpha] }
    var glass: ArraySlice<Float> { self[.glass] }
    var wheel: ArraySlice<Float> { self[.wheel] }
    /// The main vehicle, coarser than alpha.
    var vehicle: ArraySlice<Float> { self[.vehicle] }
    /// What looks like a part of any vehicle, coarsest.
    var any: ArraySlice<Float> { self[.any] }

    /// How much a cell of another map of the same part looks like a vehicle, 0...1.
    func likeness(at cell: (x: Int, y: Int), of other: MapSize) -> Double {
        let (x, y) = (cell.x * Self.size.width / other.width, cell.y * Self.size.height / other.height)
        let index = y * Self.size.width + x
        return Double(max(vehicle[vehicle.startIndex + index], any[any.startIndex + index]))
    }

    private subscript(map: Map) -> ArraySlice<Float> {
        maps[map.rawValue * Self.cells..<(map.rawValue + 1) * Self.cells]
    }
}
