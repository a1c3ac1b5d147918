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
    }

    let sightings: [Sighting]
    private static let most = 128, planes = 10, cell = 4

    /// - Parameters:
    ///   - pixels: what the network takes at most; smaller parts are enlarged, twice at most.
    ///   - floor: least sure surfaces that count.
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
        sightings = try Self.sightings(maps, cells, at: rect, floor: floor)
    }

    /// What the network's maps of a part of a picture show.
    static func sightings(
        _ maps: [Float], _ cells: MapSize, at rect: PixelBox, floor: Double
    ) throws(Failure) -> [Sighting] {
        try surfaces(maps, cells, floor).compactMap { found in
            let scale = SIMD2(Double(rect.width) / Double(cells.width), Double(rect.height) / Double(cells.height))
            let corner = SIMD2(Double(rect.x), Double(rect.y))
            guard let given = PlateQuad(corners: found.places),
                let quad = PlateQuad(corners: found.places.map { $0 * scale + corner - 0.5 })
            else { return nil }
            return Sighting(
                quad: quad, surface: found.confidence, middle: found.middle, height: given.height * Double(cell))
        }
    }

    /// Surfaces of at least `floor` in the network's maps, in cells, the surest first.
    private static func surfaces(
        _ maps: [Float], _ cells: MapSize, _ floor: Double
    ) throws(Failure) -> [CVSPlateQuad] {
        var (found, count) = ([CVSPlateQuad](repeating: CVSPlateQuad(), count: most), Int32(0))
        try checkShim { error in
            maps.withUnsafeBufferPointer { maps in
                found.withUnsafeMutableBufferPointer { found in
                    guard let from = maps.baseAddress, let to = found.baseAddress else { return .badArgument }
                    return cvs_plates_surfaces(
                        from, Int32(clamping: cells.width), Int32(clamping: cells.height), Float(floor), to,
                        Int32(clamping: most), &count, error)
                }
            }
        }
        return Array(found.prefix(Int(count)))
    }
}

extension MapSize {
    /// What a network takes of a part of a picture: sides of whole 32s up to 2048, enlarged so many times at most.
    init(covering rect: PixelBox, pixels: Double, longest: Double = 2048, enlarged: Double = 2) {
        let (width, height) = (Double(rect.width), Double(rect.height))
        let scale = min(enlarged, (pixels / (width * height)).squareRoot(), longest / max(width, height))
        func side(_ length: Double) -> Int { min(64, max(1, Int((length * scale / 32).rounded()))) * 32 }
        self.init(width: side(width), height: side(height))
    }
}

extension CVSPlateQuad {
    var places: [SIMD2<Double>] {
        let c = corners
        return [SIMD2(c.0, c.1), SIMD2(c.2, c.3), SIMD2(c.4, c.5), SIMD2(c.6, c.7)]
    }
}
