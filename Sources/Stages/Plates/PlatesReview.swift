internal import Imaging
internal import Pipeline

/// Why a photo waits for a person, in words and as a picture.
struct PlatesReview {
    let plan: PlatesPlan
    let slot: String

    /// One flag a reason, in the order of reasons.
    var flags: [ReviewFlag] {
        guard let mark = plan.mark else { return [] }
        return SuspectRegion.Reason.allCases.compactMap { reason in
            let count = plan.open.count { $0.reason == reason }
            guard count > 0 else { return nil }
            return ReviewFlag(
                code: reason.code, summary: reason.words(count),
                hint: "Look at the output review. approve=\(mark) says that nothing marked is a plate; "
                    + "cover=\(mark) covers it.", slot: slot,
                answers: [
                    "approve": ["approve": .string("\(mark)"), "cover": ""],
                    "cover": ["cover": .string("\(mark)"), "approve": ""],
                ])
        }
    }

    /// The longest side of the picture, and the height of the close-ups below it.
    private static let side = 1_400, strip = 220
    /// So many suspects are shown close up.
    private static let closeUps = 4
    private static let colour = Colour(230, 0, 90)

    /// What would be published with every open suspect outlined, and the first few of them close up.
    ///
    /// - Parameter covered: the photo with what is decided covered.
    func picture(_ covered: Bitmap, cancel: CancelFlag) throws(Failure) -> Bitmap {
        let scale = min(1, Double(Self.side) / Double(max(covered.width, covered.height)))
        let (width, height) = (
            max(1, Int((Double(covered.width) * scale).rounded())),
            max(1, Int((Double(covered.height) * scale).rounded()))
        )
        let small = try covered.resized(width: width, height: height, filter: .area, cancel: cancel)
        let quads = plan.open.map { $0.quad.scaled(x: scale, y: scale) }.filter(\.isDrawable)
        let marked = try small.outlining(quads, in: Self.colour, thickness: 3)
        var picture = try marked.padded(
            x: 0, y: 0, width: max(width, Self.strip), height: height + Self.strip + 8, colour: .white)
        var left = 0
        for suspect in plan.open.prefix(Self.closeUps) {
            guard let part = try closeUp(suspect.quad, of: covered, room: picture.width - left) else { continue }
            picture = try picture.pasting(part, x: left, y: height + 8)
            left += part.width + 8
        }
        return picture
    }

    /// The place and as much again round it; nil where nothing of it is on the photo or there is no room left.
    private func closeUp(_ quad: PlateQuad, of photo: Bitmap, room: Int) throws(Failure) -> Bitmap? {
        let box = quad.box
        let (aside, above) = (box.width / 2 + 4, box.height / 2 + 4)
        let left = max(0, box.x - aside)
        let top = max(0, box.y - above)
        let right = min(photo.width, box.x + box.width + aside)
        let bottom = min(photo.height, box.y + box.height + above)
        guard right > left, bottom > top, room > 16 else { return nil }
        let part = try photo.cropped(x: left, y: top, width: right - left, height: bottom - top)
        let scale = min(
            Double(Self.strip) / Double(part.height), Double(room) / Double(part.width), 8)
        return try part.resized(
            width: max(1, Int(Double(part.width) * scale)), height: max(1, Int(Double(part.height) * scale)))
    }
}

extension PlateQuad {
    fileprivate var isDrawable: Bool { corners.allSatisfy { abs($0.x) < 90_000 && abs($0.y) < 90_000 } }
}

extension SuspectRegion.Reason {
    /// Wire name of its flag.
    var code: String {
        switch self {
        case .uncertain: "plate_uncertain"
        case .cutAtBorder: "plate_cut"
        case .unreadable: "plate_unreadable"
        case .vehicleWithoutPlate: "plate_missing"
        }
    }

    fileprivate func words(_ count: Int) -> String {
        let many = count > 1
        return switch self {
        case .uncertain: many ? "\(count) places may be number plates." : "A place may be a number plate."
        case .cutAtBorder:
            many ? "The photo's border cuts \(count) number plates." : "The photo's border cuts a number plate."
        case .unreadable:
            many
                ? "\(count) places look like number plates that can't be read."
                : "A place looks like a number plate that can't be read."
        case .vehicleWithoutPlate:
            many
                ? "On \(count) vehicles no number plate was found where one should be."
                : "On a vehicle no number plate was found where one should be."
        }
    }
}
