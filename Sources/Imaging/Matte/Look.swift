internal import CVShim
internal import Pipeline

/// One look of a network at a part of a picture: a map of what stands out there, its main object chosen.
struct Look {
    let rect: PixelBox
    let size: MapSize
    /// What the network said, 0...1.
    let raw: [Float]
    /// Full inside the object, empty outside of it; the network's own values near its border.
    let map: [Float]
    let reading: MapReading
    let object: MainObject?

    /// - Parameter focus: where the object is expected, 0...1 of the part.
    init(
        at rect: PixelBox, of picture: Bitmap, side: Int, by session: NeuralSession,
        focus: (x: Double, y: Double) = (0.5, 0.5), cancel: CancelFlag?
    ) throws(Failure) {
        let size = MapSize(width: side, height: side)
        try self.init(
            at: rect, map: try Self.map(at: rect, of: picture, size: size, by: session, cancel: cancel), size: size,
            focus: focus)
    }

    /// What a network says of a part of a picture.
    static func map(
        at rect: PixelBox, of picture: Bitmap, size: MapSize, by session: NeuralSession, cancel: CancelFlag?
    ) throws(Failure) -> [Float] {
        let planes = try planes(of: picture, at: rect, size: size, cancel: cancel)
        return try session.run(planes, width: size.width, height: size.height, cancel: cancel)
    }

    /// A part of a picture as networks see it: 3 planes of red, green and blue, normalised by ImageNet's statistics.
    private static func planes(
        of picture: Bitmap, at rect: PixelBox, size: MapSize, cancel: CancelFlag?
    ) throws(Failure) -> [Float] {
        try size.planes(3, cancel: cancel) { base, flag, error in
            cvs_matte_input(
                picture.handle, rect.shim, Int32(clamping: size.width), Int32(clamping: size.height), base, flag, error)
        }
    }

    /// From what a network said of the part.
    ///
    /// - Parameter vehicles: what another said of it, if the object is a vehicle.
    init(
        at rect: PixelBox, map: [Float], size: MapSize, reading: MapReading = .saliency,
        focus: (x: Double, y: Double) = (0.5, 0.5), vehicles: VehicleMaps? = nil
    ) throws(Failure) {
        var chosen = map
        if let vehicles { try Self.weigh(&chosen, size, with: vehicles) }
        object = try MainObject.choose(in: &chosen, of: size, reading: reading, focus: focus)
        (self.rect, self.size, self.raw, self.map, self.reading) = (rect, size, map, chosen, reading)
    }

    /// Moves a map towards what is the main vehicle.
    private static func weigh(_ map: inout [Float], _ size: MapSize, with vehicles: VehicleMaps) throws(Failure) {
        let second = Array(vehicles.vehicle)
        try checkShim { error in
            second.withUnsafeBufferPointer { second in
                map.withUnsafeMutableBufferPointer { map in
                    guard let cells = map.baseAddress, let given = second.baseAddress else { return .badArgument }
                    return cvs_matte_weigh(
                        cells, Int32(clamping: size.width), Int32(clamping: size.height), given,
                        Int32(clamping: VehicleMaps.size.width), Int32(clamping: VehicleMaps.size.height), error)
                }
            }
        }
    }

    /// What the network said, 0...1 from its least to its largest value, at another size.
    func stretched(to other: MapSize) throws(Failure) -> [Float] {
        try other.planes(1) { base, _, error in
            raw.withUnsafeBufferPointer { map in
                guard let cells = map.baseAddress else { return .badArgument }
                return cvs_matte_plane(
                    cells, Int32(clamping: size.width), Int32(clamping: size.height), Int32(clamping: other.width),
                    Int32(clamping: other.height), base, error)
            }
        }
    }

    /// The object in pixels of the picture; nil when nothing stands out.
    var box: PixelBox? {
        guard let cells = object?.box else { return nil }
        let (left, top) = (cells.x * rect.width / size.width, cells.y * rect.height / size.height)
        let right = ((cells.x + cells.width) * rect.width + size.width - 1) / size.width
        let bottom = ((cells.y + cells.height) * rect.height + size.height - 1) / size.height
        return PixelBox(x: rect.x + left, y: rect.y + top, width: right - left, height: bottom - top)
    }

    /// Small, beside a rival, or undecided: a finer look is worth its time.
    var isDoubtful: Bool {
        guard let object else { return true }
        return object.area < 0.04 || object.rival > 0.3 || object.certainty < 0.6 || object.peak < 0.5
    }

    /// The object's cells at this part's border where the picture goes on.
    func cutCells(in picture: Bitmap) -> [(x: Int, y: Int)] {
        var cells: [(x: Int, y: Int)] = []
        func add(_ x: Int, _ y: Int) { if map[y * size.width + x] > 0.5 { cells.append((x, y)) } }
        for y in 0..<size.height {
            if rect.x > 0 { add(0, y) }
            if rect.x + rect.width < picture.width { add(size.width - 1, y) }
        }
        for x in 0..<size.width {
            if rect.y > 0 { add(x, 0) }
            if rect.y + rect.height < picture.height { add(x, size.height - 1) }
        }
        return cells
    }

    /// The object is cut by this part's border where the picture goes on.
    func isCut(in picture: Bitmap) -> Bool {
        guard let cells = object?.box else { return false }
        return (cells.x == 0 && rect.x > 0) || (cells.y == 0 && rect.y > 0)
            || (cells.x + cells.width == size.width && rect.x + rect.width < picture.width)
            || (cells.y + cells.height == size.height && rect.y + rect.height < picture.height)
    }

    /// Alpha of the whole picture: the border follows the picture's edges.
    func refined(_ picture: Bitmap, cancel: CancelFlag?) throws(Failure) -> Bitmap {
        var how = reading.shim
        return try Bitmap.make(cancel: cancel) { flag, out, error in
            map.withUnsafeBufferPointer { cells in
                guard let base = cells.baseAddress else { return .badArgument }
                return cvs_matte_refine(
                    picture.handle, base, Int32(clamping: size.width), Int32(clamping: size.height), rect.shim, &how,
                    flag, out, error)
            }
        }
    }

    /// One line for operators, in thousandths.
    var account: String {
        guard let object else { return "\(size.width): nothing" }
        func thousandths(_ value: Double) -> Int { Int((value * 1000).rounded()) }
        return "\(size.width): area \(thousandths(object.area)) rival \(thousandths(object.rival))"
            + " certainty \(thousandths(object.certainty)) peak \(thousandths(object.peak))"
    }
}
