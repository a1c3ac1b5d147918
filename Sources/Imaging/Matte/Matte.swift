internal import CVShim
public import Pipeline

/// Which pixels of a picture its main object covers, found by a saliency network in two looks and refined at full size.
///
/// The first look, coarse, at the whole picture finds the object; the second, at its box alone, gives the border four
/// to five times the cells that it would have in the whole. A doubtful first look is taken again, finer.
public struct Matte: Sendable {
    /// 8-bit alpha of the picture's size.
    public let alpha: Bitmap
    /// 0...1: how decided the network was, and how well its two looks agree. 0 when nothing stands out.
    public let confidence: Double
    /// What the looks said, for operators.
    public let account: String

    /// Cells a side of the looks.
    private static let coarse = 160, careful = 288, near = 240
    /// Added round the object for the second look, in shares of its longer side.
    private static let margin = 0.12

    /// - Parameters:
    ///   - picture: 3 channels, at least 16 pixels a side.
    ///   - progress: called before each step with its share of the whole.
    /// - Throws: `imageTooSmall`, `cancelled`.
    public init(
        of picture: Bitmap, by session: NeuralSession, cancel: CancelFlag? = nil,
        progress: (Double, String) throws(Failure) -> Void = { _, _ in }
    ) throws(Failure) {
        guard min(picture.width, picture.height) >= 16 else {
            throw Failure(
                .imageTooSmall, "The picture is too small to find an object in.", hint: "Send the photo in full size.",
                detail: "\(picture.width) x \(picture.height)")
        }
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        try progress(0, "looking for the object")
        var far = try Look(at: whole, of: picture, side: Self.coarse, by: session, cancel: cancel)
        var account = ["far \(far.summary)"]
        if far.isDoubtful {
            far = try Look(at: whole, of: picture, side: Self.careful, by: session, cancel: cancel)
            account.append("again \(far.summary)")
        }
        guard let box = far.box else {
            alpha = try Bitmap.empty(like: picture)
            (confidence, self.account) = (0, account.joined(separator: "; "))
            return
        }
        try progress(0.35, "cutting it out")
        var best = far
        for share in [Self.margin, 3 * Self.margin] {
            let rect = box.grown(by: share, within: picture)
            let look = try Look(
                at: rect, of: picture, side: Self.near, by: session, focus: rect.place(of: box), cancel: cancel)
            account.append("near \(look.summary)")
            if look.object.found { best = look }
            if !look.isCut(in: picture) { break }
        }
        try progress(0.8, "refining the edge")
        alpha = try best.refined(picture, cancel: cancel)
        let agreement = best.box.map { $0.overlap(with: box) } ?? 0
        confidence = best.object.certainty * min(1, best.object.peak) * agreement.squareRoot()
        self.account = account.joined(separator: "; ")
    }
}

extension Look {
    /// Small, beside a rival, or undecided: a finer look is worth its time.
    var isDoubtful: Bool {
        !object.found || object.area < 0.04 || object.rival > 0.3 || object.certainty < 0.6 || object.peak < 0.5
    }

    var summary: String {
        func short(_ value: Double) -> String { String(Int((value * 1000).rounded())) }
        return "\(side): area \(short(object.area)) rival \(short(object.rival)) certainty \(short(object.certainty))"
            + " peak \(short(object.peak))"
    }

    func refined(_ picture: Bitmap, cancel: CancelFlag?) throws(Failure) -> Bitmap {
        let size = Int32(clamping: side)
        return try Bitmap.make(cancel: cancel) { flag, out, error in
            map.withUnsafeBufferPointer { cells in
                guard let base = cells.baseAddress else { return .badArgument }
                return cvs_matte_refine(picture.handle, base, size, size, rect.shim, flag, out, error)
            }
        }
    }
}

extension PixelBox {
    /// The middle of `box` as shares of this one.
    fileprivate func place(of box: PixelBox) -> (x: Double, y: Double) {
        (
            (Double(box.x - x) + Double(box.width) / 2) / Double(width),
            (Double(box.y - y) + Double(box.height) / 2) / Double(height)
        )
    }
}

extension Bitmap {
    /// Black, 1 channel.
    fileprivate static func empty(like picture: Bitmap) throws(Failure) -> Bitmap {
        let size = picture.width * picture.height
        return try Bitmap(
            pixels: [UInt8](repeating: 0, count: size), width: picture.width, height: picture.height, channels: 1)
    }

    /// These colours with `alpha` (1 channel, equal size), freed of the background's light along the border.
    ///
    /// Opaque pixels keep their bytes; those along the border are unmixed by blur fusion (Forte and Pitié 2021).
    public func cutOut(by alpha: Bitmap, cancel: CancelFlag? = nil) throws(Failure) -> Bitmap {
        try withExtendedLifetime(alpha) { () throws(Failure) in
            try Bitmap.make(cancel: cancel) { flag, out, error in
                cvs_matte_cutout(handle, alpha.handle, flag, out, error)
            }
        }
    }
}
