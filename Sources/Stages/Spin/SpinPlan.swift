internal import Foundation
internal import Imaging

/// What the first pass over the photos learns of one.
struct SpinMeasure: Sendable, Equatable {
    var geometry: ObjectGeometry
    var tone: ToneMeasure
    /// Pixels of the file for a pixel of the measured picture; 1 unless it was shrunk when decoded.
    var shrink = 1.0
}

/// How every photo is placed, so that the car stands still while it turns. Pure: measures in, placements out.
struct SpinPlan: Sendable, Equatable {
    struct Frame: Sendable, Equatable {
        var placement: Placement
        /// 0...1: detail, completeness, how little had to be corrected.
        var quality: Double
        /// What a person would want to know: `cropped-left`, `enlarged`, `scale-limited`, `tone-limited`.
        var notes: [String]
    }

    var frames: [Frame]
    /// Height of the body on the canvas, equal in every frame.
    let bodyHeight: Double
    let wheelLine: Double
    /// The same for every frame.
    let whiteBalance: WhiteBalance

    /// - Parameter wheelLine: where the scene wants wheels, as a fraction of the canvas; nil takes what suits the canvas.
    init(_ measures: [SpinMeasure], canvas: CanvasSize, options: SpinOptions, wheelLine scene: Double? = nil) {
        var framing = Framing.fitting(canvas)
        framing.wheelLine = scene ?? framing.wheelLine
        let (line, width) = (framing.wheelLine, framing.width)
        let height = Self.bodyHeight(measures.map(\.geometry), canvas, framing)
        (bodyHeight, wheelLine) = (height, line)
        let scales = Self.scales(measures.map(\.geometry), bodyHeight: height)
        let tones =
            options.evenExposure
            ? Self.tones(measures.map(\.tone.luminance)) : measures.map { _ in (gain: 1, limited: false) }
        let balance = options.whiteBalance ? WhiteBalance.neutral(measures.map(\.tone)) : .none
        whiteBalance = balance
        frames = measures.indices.map { i in
            let geometry = measures[i].geometry
            var placement = Placement(geometry, bodyHeight: height, canvas: canvas, wheelLine: line)
            (placement.scale, placement.toneGain) = (scales[i].scale, tones[i].gain)
            placement.whiteBalance = balance
            var notes = geometry.cropped.map { "cropped-\($0.rawValue)" }
            let widest = width * 1.04 * Double(canvas.width) / Double(geometry.box.width)
            if placement.scale > widest {
                placement.scale = widest
                notes.append("scale-limited")
            } else if scales[i].limited {
                notes.append("scale-limited")
            }
            if placement.scale / measures[i].shrink > 1.05 { notes.append("enlarged") }
            if tones[i].limited { notes.append("tone-limited") }
            return Frame(
                placement: placement, quality: Self.quality(placement, measures[i], notes), notes: notes)
        }
    }

    /// The largest height at which every view fits the canvas: the widest one, the side, decides. Cars are up to 3.4
    /// times as long as high; a width beyond that and far beyond the rest's is an error of its matte and doesn't count.
    private static func bodyHeight(
        _ geometries: [ObjectGeometry], _ canvas: CanvasSize, _ framing: Framing
    ) -> Double {
        let whole = geometries.filter(\.cropped.isEmpty)
        let ratios = (whole.isEmpty ? geometries : whole).map { Double($0.box.width) / $0.bodyHeight }.sorted()
        let usual = max(3.4, ratios[(ratios.count - 1) * 4 / 5] * 1.3)
        let widest = ratios.last { $0 <= usual } ?? usual
        return min(framing.height * Double(canvas.height), framing.width * Double(canvas.width) / widest)
    }

    /// A scale per photo that makes all bodies equally high. The height of one that is cut off above or below is
    /// unknown, so it takes its neighbours' scale, and none is more than 1.8 times off the middle.
    private static func scales(
        _ geometries: [ObjectGeometry], bodyHeight: Double
    ) -> [(scale: Double, limited: Bool)] {
        // Relative to the picture's diagonal, so that photos of different sizes compare.
        let diagonal = geometries.map { hypot(Double($0.width), Double($0.height)) }
        let heights = trustedHeights(geometries)
        let own = zip(heights, diagonal).map { log(bodyHeight / $0 * $1) }
        let known = geometries.map { !$0.cropped.contains(.top) && !$0.cropped.contains(.bottom) }
        let trusted = own.indices.filter { known[$0] }.map { own[$0] }
        guard !trusted.isEmpty else { return geometries.map { (bodyHeight / $0.bodyHeight, true) } }
        let middle = median(trusted)
        return own.indices.map { i in
            var value = own[i]
            if !known[i] { value = median(neighbours(of: i, where: known).prefix(2).map { own[$0] }) }
            value = min(max(value, middle - log(1.8)), middle + log(1.8))
            let limited = abs(value - own[i]) > 1e-9 || heights[i] != geometries[i].bodyHeight
            return (exp(value) / diagonal[i], limited)
        }
    }

    /// Heights, but where in a dense ring width over height leaps away from both the neighbours' and that of the photo
    /// on the other side, a matte lost wheels or roof: there the width and the neighbours say how high the body must be.
    private static func trustedHeights(_ geometries: [ObjectGeometry]) -> [Double] {
        let own = geometries.map(\.bodyHeight)
        guard own.count >= 12 else { return own }
        let shape = geometries.map { log(Double($0.box.width) / $0.bodyHeight) }
        return geometries.indices.map { i in
            let (before, after) = ((i + own.count - 1) % own.count, (i + 1) % own.count)
            let (usual, opposite) = ((shape[before] + shape[after]) / 2, shape[(i + own.count / 2) % own.count])
            let leap = min(abs(shape[i] - usual), abs(shape[i] - opposite))
            guard geometries[i].cropped.isEmpty, leap > 0.12 else { return own[i] }
            return Double(geometries[i].box.width) / exp(usual)
        }
    }

    /// The other indices round the ring, nearest first, as far as they are known.
    private static func neighbours(of index: Int, where known: [Bool]) -> [Int] {
        let count = known.count
        var found: [Int] = []
        for step in 1..<max(2, count) {
            let ahead = (index + step) % count
            let behind = (index - step + count) % count
            for other in [ahead, behind] where known[other] && other != index && !found.contains(other) {
                found.append(other)
            }
        }
        return found
    }

    /// Gains towards the median luminance: a part of the way, and at most 1.4 either way, because the sun does shine
    /// on one side of a car more than on the other.
    private static func tones(_ luminances: [Double]) -> [(gain: Double, limited: Bool)] {
        let goal = median(luminances)
        return luminances.map { x in
            guard x > 0.001, x < 0.999, goal > 0.001, goal < 0.999 else { return (1, false) }
            let whole = goal * (1 - x) / (x * (1 - goal))
            let gain = pow(whole, 0.6)
            return (min(max(gain, 1 / 1.4), 1.4), gain > 1.4 || gain < 1 / 1.4)
        }
    }

    private static func quality(_ placement: Placement, _ measure: SpinMeasure, _ notes: [String]) -> Double {
        var quality = min(1, measure.shrink / placement.scale)
        if !measure.geometry.cropped.isEmpty { quality *= 0.5 }
        if notes.contains("scale-limited") { quality *= 0.8 }
        if notes.contains("tone-limited") { quality *= 0.95 }
        return (quality * 100).rounded() / 100
    }
}

private func median(_ values: some Collection<Double>) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
