internal import CVShim
internal import Pipeline

/// What the network that knows vehicles says of a part of a picture: maps of shares, 0...1 a cell.
struct VehicleMaps {
    /// Cells of every map, and of the planes that go in; wide, as cars are.
    static let size = MapSize(width: 512, height: 320)
    static let cells = size.width * size.height
    /// What the network gives: its maps, and planes that hold what it saw.
    private static let maps = 2, kept = 6

    /// The part of the picture that the cells cover.
    let rect: PixelBox
    /// Red, green and blue, normalised: what went in.
    let colours: [Float]
    private let answer: [Float]

    init(
        at rect: PixelBox, of picture: Bitmap, by network: NeuralSession, cancel: CancelFlag?
    ) throws(Failure) {
        self.rect = rect
        colours = try Self.colours(at: rect, of: picture, cancel)
        answer = try network.run(
            colours, count: 3, width: Self.size.width, height: Self.size.height, maps: Self.maps + Self.kept,
            cancel: cancel)
    }

    private static func colours(
        at rect: PixelBox, of picture: Bitmap, _ cancel: CancelFlag?
    ) throws(Failure) -> [Float] {
        try size.planes(3, cancel: cancel) { base, flag, error in
            cvs_matte_colours(
                picture.handle, rect.shim, Int32(clamping: size.width), Int32(clamping: size.height), base, flag, error)
        }
    }

    /// The main vehicle.
    var vehicle: ArraySlice<Float> { answer[..<Self.cells] }
    /// What looks like a part of any vehicle, coarser.
    var any: ArraySlice<Float> { answer[Self.cells..<Self.maps * Self.cells] }
    /// What the network saw, for the one that draws parts.
    var seen: ArraySlice<Float> { answer[(Self.maps * Self.cells)...] }

    /// How much a cell of another map of the same part looks like a vehicle, 0...1.
    func likeness(at cell: (x: Int, y: Int), of other: MapSize) -> Double {
        let (x, y) = (cell.x * Self.size.width / other.width, cell.y * Self.size.height / other.height)
        let index = y * Self.size.width + x
        return Double(max(vehicle[vehicle.startIndex + index], any[any.startIndex + index]))
    }
}
