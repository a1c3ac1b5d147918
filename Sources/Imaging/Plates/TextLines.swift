internal import CVShim
internal import Pipeline

/// Lines of text in a part of a picture.
struct TextLines {
    struct Line: Equatable {
        /// In pixels of the picture.
        let quad: PlateQuad
        let confidence: Double
    }

    /// The surest first.
    let lines: [Line]
    private static let most = 256, pixels = 0.45e6

    /// - Parameters:
    ///   - enlarged: how many times the part is enlarged at most.
    ///   - network: PP-OCR's detector of text.
    init(
        in rect: PixelBox, of picture: Bitmap, enlarged: Double = 2, by network: NeuralSession, cancel: CancelFlag?
    ) throws(Failure) {
        let size = MapSize(covering: rect, pixels: Self.pixels, enlarged: enlarged)
        let planes = try size.planes(3, cancel: cancel) { base, flag, error in
            cvs_plates_input(
                picture.handle, rect.shim, Int32(clamping: size.width), Int32(clamping: size.height), .text, base, flag,
                error)
        }
        let map = try network.run(planes, width: size.width, height: size.height, cancel: cancel)
        lines = try Self.lines(map, size).compactMap { found in
            PlateQuad(found, in: rect, of: size).map { Line(quad: $0, confidence: found.confidence) }
        }
    }

    private static func lines(_ map: [Float], _ size: MapSize) throws(Failure) -> [CVSPlateQuad] {
        var (found, count) = ([CVSPlateQuad](repeating: CVSPlateQuad(), count: most), Int32(0))
        try checkShim { error in
            map.withUnsafeBufferPointer { map in
                found.withUnsafeMutableBufferPointer { found in
                    guard let cells = map.baseAddress, let to = found.baseAddress else { return .badArgument }
                    return cvs_plates_lines(
                        cells, Int32(clamping: size.width), Int32(clamping: size.height), to, Int32(clamping: most),
                        &count, error)
                }
            }
        }
        return Array(found.prefix(Int(count)))
    }
}

extension PlateQuad {
    /// From cells of a map of a part of a picture.
    init?(_ found: CVSPlateQuad, in rect: PixelBox, of size: MapSize) {
        let scale = SIMD2(Double(rect.width) / Double(size.width), Double(rect.height) / Double(size.height))
        self.init(
            corners: found.places.map { ($0 + 0.5) * scale + SIMD2(Double(rect.x), Double(rect.y)) - 0.5 })
    }
}
