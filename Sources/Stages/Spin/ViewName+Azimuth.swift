extension ViewName {
    /// The view nearest to an azimuth in degrees, seen on a walk that goes over the left or the right side first.
    init(azimuth: Double, direction: SpinOptions.Direction) {
        let sector = Int((azimuth / 45).rounded())
        let index = direction == .right ? -sector : sector
        self = Self.allCases[((index % 8) + 8) % 8]
    }
}
