internal import Pipeline

/// All that a picture shows that may be a plate: looks of the network at the whole and at its vehicles, and lines of text.
struct PlateSurvey {
    /// Something at one place.
    struct Candidate {
        /// As the network draws it; nil where only text was seen.
        let sighting: PlateLook.Sighting?
        /// Where it is, by surface or text.
        let quad: PlateQuad
        private(set) var lines: [TextLines.Line] = []

        init(_ sighting: PlateLook.Sighting) { (self.sighting, quad) = (sighting, sighting.quad) }

        init(_ line: TextLines.Line) {
            (sighting, quad, lines) = (nil, line.quad.grown(left: 0.35, right: 0.2, up: 0), [line])
        }

        /// Most of the line lies in its surface, or just beside it.
        func takes(_ line: TextLines.Line) -> Bool {
            guard let quad = sighting?.quad else { return false }
            return quad.grown(left: 0.3, right: 0.3, up: 0.2).share(of: line.quad) > 0.6
        }

        mutating func add(_ line: TextLines.Line) { lines.append(line) }
    }

    private(set) var candidates: [Candidate]
    let vehicles: Vehicles
    /// How much the network takes at once, in pixels: it draws plates best as large as most are then; and for such as fill
    /// the picture.
    private static let pixels = 0.35e6, few = 0.08e6
    /// Small plates are looked for in two parts of the picture, each so much of its longer side.
    private static let part = 0.55
    /// A part is worth a look of its own if it is seen so much larger than before.
    private static let closer = 1.3
    /// Heights in the network's pixels that it draws best; and middles that count.
    private static let best = 12.0...100, floor = 0.15
    /// Closer looks for text: how many, at middles how sure, and how high in pixels a plate is then.
    private static let closerLooks = 6, worthALook = 0.4, legible = 44.0

    init(_ picture: Bitmap, _ networks: PlateNetworks, _ cancel: CancelFlag?) throws(Failure) {
        vehicles = try Vehicles(in: picture, by: networks.vehicles, cancel: cancel)
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        var rects = [(rect: whole, pixels: Self.pixels), (rect: whole, pixels: Self.few)]
        rects += Self.parts(whole).map { ($0, Self.pixels) }
        for region in try vehicles.regions(within: picture).prefix(2) {
            let gain = Self.scale(region) / Self.scale(whole)
            if gain > Self.closer { rects.append((region, Self.pixels)) }
        }
        var sightings: [PlateLook.Sighting] = []
        for (rect, pixels) in rects {
            sightings += try PlateLook(
                at: rect, of: picture, pixels: pixels, floor: Self.floor, by: networks.plates, cancel: cancel
            ).sightings
        }
        candidates = Self.merged(sightings).map { Candidate($0) }
        let lines = try TextLines(in: whole, of: picture, by: networks.text, cancel: cancel).lines
        join(lines)
        try lookCloser(picture, networks.text, cancel)
    }

    /// Looks for text again, near, where a surface shows and no text was seen from afar.
    private mutating func lookCloser(
        _ picture: Bitmap, _ network: NeuralSession, _ cancel: CancelFlag?
    ) throws(Failure) {
        var left = Self.closerLooks
        for index in candidates.indices where left > 0 && candidates[index].lines.isEmpty {
            guard let sighting = candidates[index].sighting, sighting.middle > Self.worthALook,
                let rect = sighting.quad.grown(left: 0.8, right: 0.8, up: 0.8).box(within: picture)
            else { continue }
            left -= 1
            let seen = try TextLines(
                in: rect, of: picture, enlarged: min(4, Self.legible / sighting.quad.height), by: network,
                cancel: cancel)
            for line in seen.lines where candidates[index].takes(line) { candidates[index].add(line) }
        }
    }

    /// Both ends of the longer side; none of a picture that the network sees as large as that anyway.
    private static func parts(_ whole: PixelBox) -> [PixelBox] {
        guard scale(whole) < 1 / closer else { return [] }
        let (width, height) = (whole.width, whole.height)
        if width >= height {
            let side = Int(part * Double(width))
            return [0, width - side].map { PixelBox(x: $0, y: 0, width: side, height: height) }
        }
        let side = Int(part * Double(height))
        return [0, height - side].map { PixelBox(x: 0, y: $0, width: width, height: side) }
    }

    private static func scale(_ rect: PixelBox) -> Double {
        min(1, (pixels / (Double(rect.width) * Double(rect.height))).squareRoot())
    }

    /// One a place: the surest, drawn by the look that saw it best, and whole if any look did.
    static func merged(_ sightings: [PlateLook.Sighting]) -> [PlateLook.Sighting] {
        var kept: [PlateLook.Sighting] = []
        let whole = sightings.filter { !$0.isSevered }.sorted { $0.middle > $1.middle }
        let severed = sightings.filter(\.isSevered).sorted { $0.middle > $1.middle }
        for sighting in whole + severed {
            let same = kept.firstIndex {
                $0.quad.holds(sighting.quad.centre) || sighting.quad.holds($0.quad.centre)
            }
            guard let same else {
                kept.append(sighting)
                continue
            }
            let first = kept[same]
            let isFiner = best.contains(sighting.height) && sighting.height > first.height
            let isBetter = isFiner || (!best.contains(first.height) && best.contains(sighting.height))
            if sighting.middle > first.middle * 0.7, isBetter, !sighting.isSevered || first.isSevered {
                kept[same] = PlateLook.Sighting(
                    quad: sighting.quad, surface: max(first.surface, sighting.surface), middle: first.middle,
                    height: sighting.height)
            }
        }
        return kept
    }

    /// Each line goes to the surest quad that holds most of it, or stands alone.
    private mutating func join(_ lines: [TextLines.Line]) {
        for line in lines {
            if let index = candidates.firstIndex(where: { $0.takes(line) }) {
                candidates[index].add(line)
            } else {
                candidates.append(Candidate(line))
            }
        }
    }
}
