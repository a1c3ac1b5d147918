internal import CVShim
internal import Pipeline

/// What a small network sees in a part of a picture that knows from photographs what vehicles look like.
struct VehicleLook {
    /// Below this share of the part a vehicle is worth a closer look.
    private static let large = 0.12
    /// A sure one covers more of the part, and no other has more standing beside it.
    private static let least = 0.06, besides = 0.4
    /// What looks like a vehicle reaches a little beyond it; this many times its area is more than that.
    private static let wider = 3.0
    /// Every vehicle looks at least so much like one, and next to nothing else does.
    static let likeness = 0.25
    /// Added round it for that look, in shares of its longer side.
    private static let margin = 0.3

    /// The main vehicle, as a whole.
    let main: Look
    /// How much each cell looks like a part of any vehicle, 0...1.
    let any: [Float]

    init(
        at rect: PixelBox, of picture: Bitmap, by network: NeuralSession,
        focus: (x: Double, y: Double) = (0.5, 0.5), cancel: CancelFlag?
    ) throws(Failure) {
        let maps = try VehicleMaps(at: rect, of: picture, by: network, cancel: cancel)
        main = try Look(at: rect, map: Array(maps.vehicle), size: VehicleMaps.size, focus: focus)
        any = Array(maps.any)
    }

    /// From what a network said.
    init(main: Look, any: [Float]) { (self.main, self.any) = (main, any) }

    /// At the whole picture, and closer where the vehicle is small in it.
    static func looks(
        at picture: Bitmap, by network: NeuralSession, cancel: CancelFlag?
    ) throws(Failure) -> [VehicleLook] {
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        let far = try VehicleLook(at: whole, of: picture, by: network, cancel: cancel)
        guard far.isSure, let box = far.main.box, far.main.object.map({ $0.area < large }) == true else { return [far] }
        let rect = box.grown(by: margin, within: picture)
        let near = try VehicleLook(at: rect, of: picture, by: network, focus: rect.place(of: box), cancel: cancel)
        return near.isSure ? [far, near] : [far]
    }

    /// Something here looks like a vehicle.
    var isLikely: Bool {
        guard let object = main.object else { return false }
        return object.peak > 0.5 && share(of: main) > Self.likeness
    }

    /// One vehicle stands here before all others.
    var isSure: Bool {
        guard let object = main.object else { return false }
        return isLikely && object.area > Self.least && object.rival < Self.besides
    }

    /// The main vehicle's box, or, where that is only a small part of what looks like a vehicle, as of a lorry's plain
    /// box body, the box of all of it.
    func widest() throws(Failure) -> PixelBox? {
        let all = try Look(at: main.rect, map: any, size: main.size)
        guard let whole = all.object, let part = main.object, whole.area > Self.wider * part.area else {
            return main.box
        }
        return all.box
    }

    /// How much of an object of the same picture looks like a vehicle, 0...1.
    func share(of object: Look) -> Double {
        let columns = Self.cells(of: object.size.width, at: object.rect.x, object.rect.width)
            .map { Self.cell($0, from: main.rect.x, main.rect.width, main.size.width) }
        let rows = Self.cells(of: object.size.height, at: object.rect.y, object.rect.height)
            .map { Self.cell($0, from: main.rect.y, main.rect.height, main.size.height) }
        var (sum, count) = (0.0, 0)
        for (y, row) in rows.enumerated() {
            for (x, column) in columns.enumerated() where object.map[y * object.size.width + x] > 0.5 {
                sum += Double(any[row * main.size.width + column])
                count += 1
            }
        }
        return count > 0 ? sum / Double(count) : 0
    }

    /// The middles in pixels of a side's cells.
    private static func cells(of count: Int, at start: Int, _ length: Int) -> [Double] {
        (0..<count).map { Double(start) + (Double($0) + 0.5) * Double(length) / Double(count) }
    }

    /// The cell of a side that holds a pixel.
    private static func cell(_ pixel: Double, from start: Int, _ length: Int, _ count: Int) -> Int {
        min(count - 1, max(0, Int((pixel - Double(start)) * Double(count) / Double(length))))
    }
}
