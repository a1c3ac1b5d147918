internal import Pipeline

/// Where in a picture the object is: the main vehicle where one is beyond doubt, else what stands out.
struct Search {
    /// What was looked at; the last decided.
    let looks: [Look]
    /// Nil when nothing stands out.
    let box: PixelBox?
    /// The object was found because it is a vehicle.
    let isVehicle: Bool

    /// Cells a side of the looks. Few fixed sizes: the network keeps its working memory for each.
    private static let coarse = 144, careful = 288

    init(
        _ picture: Bitmap, by session: NeuralSession, _ vehicle: VehicleLook?, _ cancel: CancelFlag?
    ) throws(Failure) {
        if let vehicle, vehicle.isSure {
            (looks, box, isVehicle) = ([vehicle.main], vehicle.main.box, true)
            return
        }
        let seen = try Self.looks(at: picture, by: session, cancel)
        if let vehicle, vehicle.isLikely, let last = seen.last, vehicle.share(of: last) < VehicleLook.likeness {
            (looks, box, isVehicle) = (seen + [vehicle.main], try vehicle.widest(), true)
        } else {
            (looks, box, isVehicle) = (seen, seen.last?.box, false)
        }
    }

    /// Once, or twice when the first is in doubt.
    private static func looks(
        at picture: Bitmap, by session: NeuralSession, _ cancel: CancelFlag?
    ) throws(Failure) -> [Look] {
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        let first = try Look(at: whole, of: picture, side: coarse, by: session, cancel: cancel)
        guard first.isDoubtful else { return [first] }
        return [first, try Look(at: whole, of: picture, side: careful, by: session, cancel: cancel)]
    }
}

/// A look at an object's box alone, by both networks where it is a vehicle.
struct CloserLook {
    let picture: Bitmap
    let session: NeuralSession
    let vehicles: NeuralSession?
    let cancel: CancelFlag?

    private static let cells = MapSize(width: 256, height: 256)
    /// Added round the object, in shares of its longer side.
    private static let margin = 0.12
    /// Where the part cuts a vehicle, its border looks at least so much like one.
    private static let likeness = 0.4

    /// Once, or twice when the first part turns out to cut the object.
    func looks(
        at box: PixelBox, isVehicle: Bool, wantsMaps: Bool
    ) throws(Failure) -> (looks: [Look], maps: VehicleMaps?) {
        var (looks, maps): ([Look], VehicleMaps?) = ([], nil)
        for share in [Self.margin, 3 * Self.margin] {
            let rect = box.grown(by: share, within: picture)
            let map = try Look.map(at: rect, of: picture, size: Self.cells, by: session, cancel: cancel)
            if let vehicles, isVehicle || wantsMaps {
                maps = try VehicleMaps(at: rect, of: picture, by: vehicles, cancel: cancel)
            }
            let look = try Look(
                at: rect, map: map, size: Self.cells, focus: rect.place(of: box), vehicles: isVehicle ? maps : nil)
            looks.append(look)
            guard isCut(look, maps: isVehicle ? maps : nil) else { break }
        }
        return (looks, maps)
    }

    /// The object goes on beyond the part; of a vehicle, there where it looks like one: not the house behind it.
    private func isCut(_ look: Look, maps: VehicleMaps?) -> Bool {
        guard look.isCut(in: picture) else { return false }
        guard let maps else { return true }
        let cut = look.cutCells(in: picture)
        return cut.reduce(0) { $0 + maps.likeness(at: $1, of: look.size) } > Self.likeness * Double(cut.count)
    }
}
