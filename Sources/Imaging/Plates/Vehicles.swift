internal import CVShim
internal import Pipeline

/// Where vehicles are in a picture, coarsely.
struct Vehicles {
    private let map: [Float]
    private let picture: PixelBox
    /// The main one alone, in pixels, where there is one beyond doubt.
    let main: PixelBox?
    private static let floor: Float = 0.4, most = 3

    init(in picture: Bitmap, by network: NeuralSession, cancel: CancelFlag?) throws(Failure) {
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        let look = try VehicleLook(at: whole, of: picture, by: network, cancel: cancel)
        self.picture = whole
        map = zip(look.any, look.main.raw).map { max($0, $1) }
        main = look.isSure ? look.main.box : nil
    }

    /// How much a place's surroundings, so many heights around it, look like a vehicle, 0...1.
    func likeness(around quad: PlateQuad, reach: Double = 1) -> Double {
        let size = VehicleMaps.size
        let (least, most) = quad.bounds
        let margin = reach * (most.y - least.y)
        func cell(_ place: Double, _ length: Int, _ count: Int) -> Int {
            Int(max(0, min(Double(count - 1), place * Double(count) / Double(length))))
        }
        let columns =
            cell(least.x - margin, picture.width, size.width)...cell(most.x + margin, picture.width, size.width)
        let rows =
            cell(least.y - margin, picture.height, size.height)...cell(most.y + margin, picture.height, size.height)
        var found: Float = 0
        for row in rows { for column in columns { found = max(found, map[row * size.width + column]) } }
        return Double(found)
    }

    /// Parts of the picture that hold vehicles, a little around them too, the largest first.
    func regions(within bitmap: Bitmap) throws(Failure) -> [PixelBox] {
        let size = VehicleMaps.size
        var (boxes, count) = ([CVSRect](repeating: CVSRect(), count: Self.most), Int32(0))
        try checkShim { error in
            map.withUnsafeBufferPointer { map in
                guard let base = map.baseAddress else { return .badArgument }
                return cvs_plates_regions(
                    base, Int32(clamping: size.width), Int32(clamping: size.height), Self.floor, &boxes,
                    Int32(clamping: Self.most), &count, error)
            }
        }
        return boxes.prefix(Int(count)).filter { $0.width * $0.height > 60 }.map { box in
            let left = Int(box.x) * picture.width / size.width
            let top = Int(box.y) * picture.height / size.height
            let right = (Int(box.x + box.width) * picture.width + size.width - 1) / size.width
            let bottom = (Int(box.y + box.height) * picture.height + size.height - 1) / size.height
            return PixelBox(x: left, y: top, width: right - left, height: bottom - top).grown(by: 0.06, within: bitmap)
        }
    }
}

extension Vehicles {
    /// A front or rear is at most so many times as wide as high, fills so much of the picture, and isn't cut.
    private static let face = 0.7...1.45, least = 0.05

    /// The main vehicle where its front or rear is in plain sight and nothing on it was found or suspected.
    func bare(plates: [FoundPlate], suspects: [SuspectRegion], in picture: Bitmap) -> SuspectRegion? {
        guard let box = main else { return nil }
        let quad = PlateQuad(box)
        let whole = Double(picture.width * picture.height)
        let isWhole = box.x > 0 && box.y > 0 && box.x + box.width < picture.width && box.y + box.height < picture.height
        guard isWhole, Self.face.contains(Double(box.width) / Double(box.height)),
            Double(box.width * box.height) > Self.least * whole,
            !(plates.map(\.quad) + suspects.map(\.quad)).contains(where: { quad.holds($0.centre) })
        else { return nil }
        return SuspectRegion(quad: quad, reason: .vehicleWithoutPlate, confidence: 0.3)
    }
}
