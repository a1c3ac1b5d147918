public import Pipeline

/// Which pixels of a picture its main object covers, found by a saliency network in two looks and refined at full size.
///
/// The first look, coarse, at the whole picture finds the object; the second, at its box alone, sees its border with
/// more cells than a look at the whole would. A doubtful first look is taken again, finer. A small network that knows
/// cars then says where panes and wheels are.
public struct Matte: Sendable {
    /// 8-bit alpha of the picture's size.
    public let alpha: Bitmap
    /// 0...1: how decided the network was, and how well its two looks agree. 0 when nothing stands out.
    public let confidence: Double
    /// Where panes and wheels are; nil without a network that knows them or an object.
    public let parts: CarParts?
    /// What each look said, for operators.
    public let account: String

    /// Cells a side of the looks. Few fixed sizes: the network keeps its working memory for each.
    private static let coarse = 144, careful = 288, near = 256
    /// Added round the object for the second look, in shares of its longer side.
    private static let margin = 0.12

    /// - Parameters:
    ///   - network: knows car parts; nil looks for none.
    ///   - picture: 3 channels, at least 16 pixels a side.
    ///   - progress: called before each step with its share of the whole.
    /// - Throws: `imageTooSmall`, `cancelled`.
    public init(
        of picture: Bitmap, by session: NeuralSession, parts network: NeuralSession? = nil, cancel: CancelFlag? = nil,
        progress: (Double, String) throws(Failure) -> Void = { _, _ in }
    ) throws(Failure) {
        guard min(picture.width, picture.height) >= 16 else {
            throw Failure(
                .imageTooSmall, "The picture is too small to find an object in.", hint: "Send the photo in full size.",
                detail: "\(picture.width) x \(picture.height)")
        }
        try progress(0, "looking for the object")
        var looks = try Self.looksAtAll(of: picture, by: session, cancel)
        guard let far = looks.last, let box = far.box else {
            alpha = try Bitmap.empty(like: picture)
            (confidence, parts, account) = (0, nil, looks.map(\.account).joined(separator: "; "))
            return
        }
        try progress(0.35, "cutting it out")
        looks += try Self.looksAtObject(box, of: picture, by: session, cancel)
        let best = looks.last { $0.object != nil } ?? far

        parts = try network.map { network throws(Failure) in
            try CarParts(of: best, in: picture, by: network, cancel: cancel)
        }
        try progress(0.8, "refining the edge")
        alpha = try best.refined(picture, cancel: cancel)
        confidence = Self.confidence(best, first: box)
        account = looks.map(\.account).joined(separator: "; ")
    }

    private static func looksAtAll(
        of picture: Bitmap, by session: NeuralSession, _ cancel: CancelFlag?
    ) throws(Failure) -> [Look] {
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        let first = try Look(at: whole, of: picture, side: coarse, by: session, cancel: cancel)
        guard first.isDoubtful else { return [first] }
        return [first, try Look(at: whole, of: picture, side: careful, by: session, cancel: cancel)]
    }

    /// Once, or twice when the first part turns out to cut the object.
    private static func looksAtObject(
        _ box: PixelBox, of picture: Bitmap, by session: NeuralSession, _ cancel: CancelFlag?
    ) throws(Failure) -> [Look] {
        var looks: [Look] = []
        for share in [margin, 3 * margin] {
            let rect = box.grown(by: share, within: picture)
            let look = try Look(
                at: rect, of: picture, side: near, by: session, focus: rect.place(of: box), cancel: cancel)
            looks.append(look)
            if !look.isCut(in: picture) { break }
        }
        return looks
    }

    private static func confidence(_ look: Look, first box: PixelBox) -> Double {
        guard let object = look.object, let found = look.box else { return 0 }
        return object.certainty * min(1, object.peak) * found.overlap(with: box).squareRoot()
    }
}
