internal import CVShim
internal import Pipeline

/// The main object of a map.
struct MainObject: Equatable {
    /// In cells.
    let box: PixelBox
    /// Its cells as a share of the map.
    let area: Double
    /// The next object's standing over this one's, 0...1; 0 when it is alone.
    let rival: Double
    /// Mean distance of its cells from undecided, 0...1.
    let certainty: Double
    /// The network's largest value.
    let peak: Double

    /// Normalises a map, keeps its main object alone and makes it solid.
    ///
    /// - Parameter focus: where the object is expected, 0...1 of the map.
    /// - Returns: nil when nothing stands out; the map is empty then.
    static func choose(
        in map: inout [Float], of size: MapSize, reading: MapReading, focus: (x: Double, y: Double) = (0.5, 0.5)
    ) throws(Failure) -> MainObject? {
        guard size.width > 0, size.height > 0, map.count == size.width * size.height else {
            throw Failure(.internalError, "A map has the wrong size.", detail: "\(map.count) values, \(size)")
        }
        var (found, how) = (CVSMainObject(), reading.shim)
        try checkShim { error in
            map.withUnsafeMutableBufferPointer { cells in
                guard let base = cells.baseAddress else { return .badArgument }
                return cvs_matte_choose(
                    base, Int32(clamping: size.width), Int32(clamping: size.height), focus.x, focus.y, &how, &found,
                    error)
            }
        }
        return found.found ? MainObject(found) : nil
    }

    private init(_ found: CVSMainObject) {
        box = PixelBox(
            x: Int(found.box.x), y: Int(found.box.y), width: Int(found.box.width), height: Int(found.box.height))
        (area, rival, certainty, peak) = (found.area, found.rival, found.certainty, found.peak)
    }
}
