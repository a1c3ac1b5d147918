internal import CVShim
internal import Pipeline

/// The size of a network's map in cells.
public struct MapSize: Sendable, Equatable {
    public let width, height: Int

    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}

extension MapSize {
    /// Planes of this size, one after the other, as the shim fills them.
    func planes(
        _ count: Int, cancel: CancelFlag? = nil,
        _ fill: (UnsafeMutablePointer<Float>, UnsafePointer<Bool>?, UnsafeMutablePointer<CVSError>) -> CVSStatus
    ) throws(Failure) -> [Float] {
        var planes = [Float](repeating: 0, count: count * width * height)
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                planes.withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return .badArgument }
                    return fill(base, flag, error)
                }
            }
        }
        return planes
    }
}

extension Model {
    /// The only size that it takes; nil for any.
    var size: MapSize? { input.flatMap { $0.count == 2 ? MapSize(width: $0[0], height: $0[1]) : nil } }
}

/// How a network's map is read: how far from the border it is trusted, and how alpha follows from it.
struct MapReading: Equatable {
    /// Cells beside the border that may be neither full nor empty.
    let band: Float
    /// Half width in cells of the window in which the border follows the picture's edges.
    let window: Float
    /// Alpha is one half where the filtered map has this value, and rises `gain` times as fast as the map.
    let level, gain: Float

    /// A saliency network's: its border is soft and lies a little outside the true one.
    static let saliency = MapReading(band: 2.5, window: 1.2, level: 0.55, gain: 1.8)

    var shim: CVSMapReading { CVSMapReading(band: band, window: window, level: level, gain: gain) }
}
