public import Pipeline

/// Which pixels of a picture its main object covers, found by networks in two looks and refined at full size.
///
/// The first look, coarse, at the whole picture finds the object: a network that knows vehicles finds the main one,
/// where it is sure; else a saliency network takes what stands out, and looks again, finer, where that is doubtful. The
/// second, at the object's box alone, sees its border with more cells than a look at the whole would.
public struct Matte: Sendable {
    /// 8-bit alpha of the picture's size.
    public let alpha: Bitmap
    /// 0...1: how decided the network was, and how well its two looks agree. 0 when nothing stands out.
    public let confidence: Double
    /// How much the object looks like a vehicle, 0...1; nil without a network that knows them or an object.
    public let vehicleShare: Double?
    /// Where panes and wheels are; nil without a network that knows them or an object.
    public let parts: CarParts?
    /// What each look said, for operators.
    public let account: String

    /// - Parameters:
    ///   - vehicles: knows vehicles; without one the object is what stands out.
    ///   - drawing: draws panes and wheels of what `vehicles` saw; nil for none.
    ///   - picture: 3 channels, at least 16 pixels a side.
    ///   - progress: called before each step with its share of the whole.
    /// - Throws: `imageTooSmall`, `cancelled`.
    public init(
        of picture: Bitmap, by session: NeuralSession, vehicles: NeuralSession? = nil,
        drawing: NeuralSession? = nil, cancel: CancelFlag? = nil,
        progress: (Double, String) throws(Failure) -> Void = { _, _ in }
    ) throws(Failure) {
        guard min(picture.width, picture.height) >= 16 else {
            throw Failure(
                .imageTooSmall, "The picture is too small to find an object in.", hint: "Send the photo in full size.",
                detail: "\(picture.width) x \(picture.height)")
        }
        try progress(0, "looking for the object")
        let finder = try vehicles.map { network throws(Failure) in
            try VehicleLook.looks(at: picture, by: network, cancel: cancel)
        }
        let search = try Search(picture, by: session, finder?.last, cancel)
        guard let box = search.box else {
            alpha = try Bitmap.empty(like: picture)
            (confidence, vehicleShare, parts) = (0, nil, nil)
            account = search.looks.map(\.account).joined(separator: "; ")
            return
        }
        try progress(0.35, "cutting it out")
        let closer = CloserLook(picture: picture, session: session, vehicles: vehicles, cancel: cancel)
        let (looks, maps) = try closer.looks(at: box, isVehicle: search.isVehicle, wantsMaps: drawing != nil)
        let best = looks.last { $0.object != nil } ?? search.looks[search.looks.count - 1]

        vehicleShare = finder?.first?.share(of: best)
        parts = try Self.parts(maps, looks, by: drawing, cancel)
        try progress(0.8, "refining the edge")
        alpha = try best.refined(picture, cancel: cancel)
        confidence = Self.confidence(best, first: box)
        account = (search.looks + looks).map(\.account).joined(separator: "; ")
    }

    private static func parts(
        _ maps: VehicleMaps?, _ looks: [Look], by drawing: NeuralSession?, _ cancel: CancelFlag?
    ) throws(Failure) -> CarParts? {
        guard let maps, let look = looks.last, let drawing else { return nil }
        return try CarParts(maps, look, by: drawing, cancel: cancel)
    }

    private static func confidence(_ look: Look, first box: PixelBox) -> Double {
        guard let object = look.object, let found = look.box else { return 0 }
        return object.certainty * min(1, object.peak) * found.overlap(with: box).squareRoot()
    }
}
