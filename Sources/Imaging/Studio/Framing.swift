/// What a photo shows of a car, as far as its size on the canvas is concerned.
public enum CarView: String, Sendable, Codable, CaseIterable {
    case side
    case threeQuarter = "three-quarter"
    /// From the front or the rear.
    case end
}

extension ObjectGeometry {
    /// By the silhouette's proportions, and by the line through its wheels: level from the side, tilted on views between.
    public var view: CarView {
        let ratio = Double(box.width) / bodyHeight
        if ratio < 1.62 { return .end }
        let (dx, dy) = (rightContact.x - leftContact.x, rightContact.y - leftContact.y)
        return ratio >= 2.2 && dx >= 0.45 * Double(box.width) && abs(dy) <= 0.055 * dx ? .side : .threeQuarter
    }
}

/// How much of a canvas the object may take, as fractions of the canvas.
public struct Framing: Sendable, Equatable, Codable {
    /// Widest the object's box may be.
    public var width: Double
    /// Highest the body may be, from the wheel line to the roof.
    public var height: Double
    /// Where the wheels stand, from the top.
    public var wheelLine: Double

    public init(width: Double = 0.86, height: Double = 0.5, wheelLine: Double = 0.82) {
        (self.width, self.height, self.wheelLine) = (width, height, wheelLine)
    }

    /// The framing that suits a canvas: on upright ones the car stands nearer to the middle.
    public static func fitting(_ canvas: CanvasSize) -> Framing {
        let aspect = Double(canvas.width) / Double(max(canvas.height, 1))
        return Framing(wheelLine: min(0.82, max(0.62, 0.5 + 0.24 * aspect)))
    }

    /// The framing that all photos of one view share, so that a page of them looks like one shoot: cars are about as
    /// wide as each other from the front, and about as long from the side. Between the views the width goes over
    /// without a step, by the silhouette's proportions, so that no photo is of the wrong class.
    public static func lot(_ geometry: ObjectGeometry, canvas: CanvasSize) -> Framing {
        var framing = fitting(canvas)
        let ratio = Double(geometry.box.width) / geometry.bodyHeight
        framing.height = 0.52
        framing.width = steps.last?.width ?? framing.width
        for (lower, upper) in zip(steps, steps.dropFirst()) where ratio < upper.ratio {
            let share = max(0, (ratio - lower.ratio) / (upper.ratio - lower.ratio))
            framing.width = lower.width + share * (upper.width - lower.width)
            break
        }
        return framing
    }

    /// Width over height of a car from an end, between, and from the side, and the share of the canvas that each takes.
    private static let steps: [(ratio: Double, width: Double)] = [(1.35, 0.5), (1.62, 0.58), (2.2, 0.75), (2.6, 0.84)]
}
