public import Pipeline

/// Finds the number plates of vehicles in photos.
public struct PlateFinder: Sendable {
    private let networks: PlateNetworks

    public init(networks: PlateNetworks) { self.networks = networks }

    /// What plates a photo shows, and where it may show others.
    ///
    /// - Parameters:
    ///   - photo: upright; 3 channels, or any other, alpha being flattened over white.
    ///   - reads: the plates' text is wanted too.
    /// - Throws: `cancelled`, `memoryExceeded`.
    public func findings(
        on photo: Bitmap, reads: Bool = false, cancel: CancelFlag? = nil
    ) throws(Failure) -> PlateFindings {
        let picture = photo.channels == 3 ? photo : try photo.converted(channels: 3)
        let whole = PixelBox(x: 0, y: 0, width: picture.width, height: picture.height)
        let lines = try TextLines(in: whole, of: picture, by: networks.text, cancel: cancel).lines
        let reader = LineReader(network: networks.reading)
        var (plates, suspects) = ([FoundPlate](), [SuspectRegion]())
        for line in lines where (1.5...9).contains(line.quad.aspect) {
            let characters = try reader.characters(at: line.quad, of: picture, cancel: cancel)
            let text = String(characters.compactMap(\.letter))
            let sure = characters.map(\.confidence).min() ?? 0
            let digits = text.count { $0.isNumber }
            guard (4...9).contains(text.count), digits > 0 else { continue }
            if sure > 0.6, digits < text.count {
                let reading = PlateReading(text: text, confidence: sure)
                plates.append(
                    FoundPlate(quad: line.quad, confidence: line.confidence * sure, reading: reads ? reading : nil))
            } else {
                suspects.append(
                    SuspectRegion(quad: line.quad, reason: .uncertain, confidence: line.confidence * sure))
            }
        }
        return PlateFindings(
            plates: plates.sorted { $0.confidence > $1.confidence },
            suspects: suspects.sorted { $0.confidence > $1.confidence })
    }
}
