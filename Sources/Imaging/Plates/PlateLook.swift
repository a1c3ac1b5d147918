internal import CVShim
internal import Foundation
internal import Pipeline

/// One look of the network of plates at a part of a picture.
struct PlateLook {
    struct Sighting: Equatable {
        /// In pixels of the picture.
        let quad: PlateQuad
        /// How surely a plate's surface and its middle are there, 0...1.
        let surface, middle: Double
        /// In pixels of what the network took; its range is 8...160.
        let height: Double
        /// It reaches where the part ends and the picture goes on.
        var isSevered = false
    }

    let sightings: [Sighting]
    private static let most = 128, planes = 10, cell = 4

    /// - Parameters:
    ///   - pixels: what the network takes at most; smaller parts are enlarged, twice at most.
    ///   - floor: least sure middles that count.
    init(
        at rect: PixelBox, of picture: Bitmap, pixels: Double, floor: Double, by network: NeuralSession,
        cancel: CancelFlag?
    ) throws(Failure) {
        let size = MapSize(covering: rect, pixels: pixels)
        let colours = try size.planes(3, cancel: cancel) { base, flag, error in
            cvs_plates_input(
                picture.handle, rect.shim, Int32(clamping: size.width), Int32(clamping: size.height), .colour, base,
                flag, error)
        }
        let cells = MapSize(width: size.width / Self.cell, height: size.height / Self.cell)
        let maps = try network.run(
            colours, count: 3, width: size.width, height: size.height,
            giving: Self.planes * cells.width * cells.height, outputs: 3, cancel: cancel)
        sightings = try Self.sightings(maps, cells, at: rect, floor: floor).map { sighting in
            var sighting = sighting
            sighting.isSevered = Self.severs(rect, sighting.quad, of: picture)
            return sighting
        }
    }

    /// What the network's maps of a part of a picture show.
    static func sightings(
        _ maps: [Float], _ cells: MapSize, at rect: PixelBox, floor: Double
    ) throws(Failure) -> [Sighting] {
        try peaks(maps, cells, floor).compactMap { found in
            let scale = SIMD2(Double(rect.width) / Double(cells.width), Double(rect.height) / Double(cells.height))
            let corner = SIMD2(Double(rect.x), Double(rect.y))
            guard let given = PlateQuad(corners: found.places),
                let quad = PlateQuad(corners: found.places.map { $0 * scale + corner - 0.5 })
            else { return nil }
            return Sighting(
                quad: quad, surface: found.confidence, middle: found.middle, height: given.height * Double(cell))
        }
    }

    private static func severs(_ rect: PixelBox, _ quad: PlateQuad, of picture: Bitmap) -> Bool {
        let ((least, most), margin) = (quad.bounds, 0.1 * quad.height)
        return (rect.x > 0 && least.x < Double(rect.x) + margin) || (rect.y > 0 && least.y < Double(rect.y) + margin)
            || (rect.x + rect.width < picture.width && most.x > Double(rect.x + rect.width) - margin)
            || (rect.y + rect.height < picture.height && most.y > Double(rect.y + rect.height) - margin)
    }

    /// Peaks of at least `floor` in the network's maps, in cells, the surest first.
    private static func peaks(
        _ maps: [Float], _ cells: MapSize, _ floor: Double
    ) throws(Failure) -> [CVSPlateQuad] {
        var (found, count) = ([CVSPlateQuad](repeating: CVSPlateQuad(), count: most), Int32(0))
        try checkShim { error in
            maps.withUnsafeBufferPointer { maps in
                found.withUnsafeMutableBufferPointer { found in
                    guard let from = maps.baseAddress, let to = found.baseAddress else { return .badArgument }
                    return cvs_plates_peaks(
                        from, Int32(clamping: cells.width), Int32(clamping: cells.height), Float(floor), to,
                        Int32(clamping: most), &count, error)
                }
            }
        }
        return Array(found.prefix(Int(count)))
    }
}

extension MapSize {
    /// Widths by heights that networks are asked for: few, since each size that has run keeps memory.
    private static let aspects = [1.0 / 3, 0.5, 0.66, 0.83, 1, 1.2, 1.5, 2, 3]

    /// What a network takes of a part of a picture: about so many pixels, or a half, a quarter and so on of them where
    /// the part would be enlarged more often than so. Sides of whole 32s; the part may be stretched a little for that.
    init(covering rect: PixelBox, pixels: Double, enlarged: Double = 2) {
        let (width, height) = (Double(rect.width), Double(rect.height))
        let wanted = log(width / height)
        let aspect = Self.aspects.min { abs(log($0) - wanted) < abs(log($1) - wanted) } ?? 1
        var budget = pixels
        while budget > max(4096, enlarged * enlarged * width * height) { budget /= 2 }
        func side(_ length: Double) -> Int { max(1, Int((length / 32).rounded())) * 32 }
        self.init(width: side((budget * aspect).squareRoot()), height: side((budget / aspect).squareRoot()))
    }
}

extension CVSPlateQuad {
    var places: [SIMD2<Double>] {
        let c = corners
        return [SIMD2(c.0, c.1), SIMD2(c.2, c.3), SIMD2(c.4, c.5), SIMD2(c.6, c.7)]
    }
}
