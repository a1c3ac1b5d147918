internal import CVShim
public import Pipeline

/// A place in a picture; pixel centres are at whole numbers, the origin is the top left one.
public struct PicturePoint: Sendable, Equatable, Codable {
    public var x, y: Double
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

/// One side of a picture.
public enum PictureEdge: String, Sendable, Codable, CaseIterable { case left, top, right, bottom }

/// Where the object of a matte is, and where it touches the ground.
public struct ObjectGeometry: Sendable, Equatable, Codable {
    /// The measured picture's size.
    public let width, height: Int
    /// Radians that the picture was turned clockwise about its centre before it was measured; 0 as a rule.
    public let roll: Double
    /// Alpha above one half, without specks.
    public let box: PixelBox
    /// Mean alpha of the whole picture, 0...1.
    public let coverage: Double
    /// Upper border of the body in pixels from the top; an aerial does not count.
    public let top: Double
    /// Lower border of the lowest contact with the ground: the wheel line.
    public let wheelLine: Double
    /// The two contacts that are farthest apart along the silhouette's lower convex hull.
    public let leftContact, rightContact: PicturePoint
    /// The picture's edges that cut the object.
    public let cropped: [PictureEdge]
    /// Those of them that cut through it, over more than a quarter of its side: the object goes on behind them.
    public let severed: [PictureEdge]

    /// Measures a matte: a 1-channel alpha or the alpha of an RGBA cut-out.
    ///
    /// - Parameter roll: radians to turn the picture clockwise first.
    /// - Throws: `noUsableViews` when nothing is opaque; `internalError` for a picture without alpha.
    public init(alpha: Bitmap, roll: Double = 0, cancel: CancelFlag? = nil) throws(Failure) {
        var found = CVSObjectGeometry()
        try withCancelAddress(cancel) { cancel throws(Failure) in
            try checkShim { error in cvs_scene_measure(alpha.handle, roll, cancel, &found, error) }
        }
        guard found.found else {
            throw Failure(
                .noUsableViews, "The cut-out is empty: no object was found.",
                hint: "Take the photo again with the whole car in the picture.")
        }
        (width, height, self.roll) = (alpha.width, alpha.height, roll)
        box = PixelBox(
            x: Int(found.box_x), y: Int(found.box_y), width: Int(found.box_width), height: Int(found.box_height))
        (coverage, top, wheelLine) = (found.coverage, found.top, found.ground)
        leftContact = PicturePoint(x: found.left_contact.x, y: found.left_contact.y)
        rightContact = PicturePoint(x: found.right_contact.x, y: found.right_contact.y)
        let cuts = [
            (
                edge: PictureEdge.left, length: found.left_cut * Double(alpha.height), side: alpha.height,
                own: found.box_height
            ),
            (.top, found.top_cut * Double(alpha.width), alpha.width, found.box_width),
            (.right, found.right_cut * Double(alpha.height), alpha.height, found.box_height),
            (.bottom, found.bottom_cut * Double(alpha.width), alpha.width, found.box_width),
        ]
        cropped = cuts.filter { $0.length > max(2, 0.01 * Double($0.side)) }.map(\.edge)
        severed = cuts.filter { $0.length > 0.25 * Double($0.own) }.map(\.edge)
    }

    /// From the wheel line to the top of the body, in pixels.
    public var bodyHeight: Double { max(wheelLine - top, 1) }
    /// The middle of the box.
    public var centre: Double { Double(box.x) + Double(box.width - 1) / 2 }

    /// The turn in radians that levels the line through two wheels, or nil where that line does not tell.
    ///
    /// It tells only on a view from the side, front or rear: the contacts span at least 45 % of the object and the line
    /// is within 4 degrees of level. On views between, perspective tilts the line, not the camera.
    public var levelling: Double? {
        let (dx, dy) = (rightContact.x - leftContact.x, rightContact.y - leftContact.y)
        guard dx >= 0.45 * Double(box.width), abs(dy) <= 0.07 * dx, cropped.isEmpty else { return nil }
        return -Double.atan(dy / dx)
    }

    /// The geometry after levelling, when the view allows it.
    public func levelled(_ alpha: Bitmap, cancel: CancelFlag? = nil) throws(Failure) -> ObjectGeometry {
        guard let turn = levelling, abs(turn) > 0.002 else { return self }
        return try ObjectGeometry(alpha: alpha, roll: turn, cancel: cancel)
    }

    /// A place of the turned picture in the picture as it is.
    func unturned(_ point: PicturePoint) -> PicturePoint {
        let (mx, my) = (Double(width - 1) / 2, Double(height - 1) / 2)
        let (c, s, x, y) = (Double.cosine(roll), Double.sine(roll), point.x - mx, point.y - my)
        return PicturePoint(x: mx + c * x + s * y, y: my - s * x + c * y)
    }
}
